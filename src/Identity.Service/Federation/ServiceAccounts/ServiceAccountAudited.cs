using Culvert.Identity.Service.Events;

namespace Culvert.Identity.Service.Federation.ServiceAccounts;

/// <summary>A service account was created, updated or archived: its state afterwards.</summary>
/// <param name="Reason">Why it was archived; null if not given.</param>
internal sealed record ServiceAccountAudited(
    string Name,
    AuditOrigin Origin,
    ServiceAccount Account,
    string? Reason = null
)
    : AuditEvent(
        Name,
        Origin,
        Account.OrganizationId,
        [new("service_account", Account.Id.Value)],
        [
            ("service_account_id", Account.Id.Value),
            ("name", Account.Name),
            ("organization_role", Account.Role.Name()),
            ("version", Account.Version),
            .. AuditData.Optional("reason", Reason),
        ]
    );
