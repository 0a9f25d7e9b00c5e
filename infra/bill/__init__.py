"""What a deployment costs: what AWS is asked to do is counted, and priced by one dated table."""
