using Culvert.Identity.Service.Http;
using Culvert.Identity.Service.Http.Roles;

namespace Culvert.Identity.Service.Audit;

internal static class AuditOperations
{
    public static readonly Operation List = Operation
        .Get("list_audit_entries", "/v1/audit", Access.OrganizationAdmin, RoleSet.Viewing)
        .Describe(
            "List audit entries",
            "The organization's audit entries, newest first. Each entry has the hash of the chain and the stored body "
                + "byte for byte, so that a reader can recompute its digest. A request reads at most 20,000 entries; "
                + "`next_page` continues the search."
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
        .Returns<Page<AuditEntryDocument>>();

    public static readonly Operation Export = Operation
        .Get("export_audit", "/v1/audit/export", Access.OrganizationAdmin, RoleSet.Auditing)
        .Describe(
            "Export the audit",
            "The whole audit as JSON lines in the order of the chain. Entries of other organizations are replaced by "
                + "their digests. Verify the export with `culvert audit verify`."
        )
        .Returns<string>("application/x-ndjson");

    public static readonly Operation GetCheckpoint = Operation
        .Get("get_audit_checkpoint", "/v1/audit/checkpoint", Access.OrganizationAdmin, RoleSet.Auditing)
        .Describe(
            "Get the newest audit checkpoint",
            "The newest signed checkpoint of this node in the compact form of a JWS. Keep it outside the service: "
                + "`culvert audit verify` compares an export with it."
        )
        .Returns<string>("application/jose");
}
