using Culvert.Identity.Service.Documentation.Shapes;
using Culvert.Identity.Service.Http;

namespace Culvert.Identity.Service.Documentation.Operations;

internal static class AuditOperations
{
    public static void Describe(OperationTable table)
    {
        table
            .Add(
                "GET /v1/audit",
                "list_audit_entries",
                "List audit entries",
                "The organization's audit entries, newest first. Each entry has the hash of the chain and the "
                    + "stored body byte for byte, so that a reader can recompute its digest. A request reads at most "
                    + "20,000 entries; `next_page` continues the search."
            )
            .Paged(
                "actor",
                "actor_type",
                "event",
                "outcome",
                "request_id",
                "resource",
                "since",
                "subject",
                "tunnel_id",
                "until"
            )
            .Answers<Page<AuditEntryDocument>>();
        table
            .Add(
                "GET /v1/audit/export",
                "export_audit",
                "Export the audit",
                "The whole audit as JSON lines in the order of the chain. Entries of other organizations are "
                    + "replaced by their digests. Verify the export with `culvert audit verify`."
            )
            .Answers<string>("application/x-ndjson");
        table
            .Add(
                "GET /v1/audit/checkpoint",
                "get_audit_checkpoint",
                "Get the newest audit checkpoint",
                "The newest signed checkpoint of this node in the compact form of a JWS. Keep it outside the "
                    + "service: `culvert audit verify` compares an export with it."
            )
            .Answers<string>("application/jose");
    }
}
