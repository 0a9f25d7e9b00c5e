import { ApiError, api, body, type Schemas } from "../../../api/client";

const LOOKS_AGAIN_MS = 2_000;

/** A link to the people of a run as a file. A long run's is written by a job, which is waited for. */
export async function exported(campaignId: string, wish: Schemas["ExportRequest"]): Promise<{ url: string }> {
  const asked = { params: { path: { campaignId } }, body: wish };
  try {
    return await body(api.POST("/api/v1/campaigns/{campaignId}/export", asked));
  } catch (error) {
    if (!(error instanceof ApiError && error.code === "export_too_large")) throw error;
  }
  let found = await body(api.POST("/api/v1/campaigns/{campaignId}/exports", asked));
  while (found.state === "running") {
    await new Promise((go) => setTimeout(go, LOOKS_AGAIN_MS));
    const path = { campaignId, exportId: found.id };
    found = await body(api.GET("/api/v1/campaigns/{campaignId}/exports/{exportId}", { params: { path } }));
  }
  if (!found.url) throw new Error(found.problem);
  return { url: found.url };
}
