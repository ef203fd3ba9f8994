using Culvert.Identity.Service.Hosting;
using Culvert.Identity.Service.Storage;

namespace Culvert.Identity.Service.Audit;

/// <summary>The capability's door.</summary>
internal static class AuditRegistration
{
    public static IServiceCollection AddAudit(this IServiceCollection services) =>
        services.AddSingleton<IAuditLog, AuditLog>();

    public static void MapAudit(this ApiHost host)
    {
        var log = host.Services.GetRequiredService<IAuditLog>();
        host.Get(
            "/v1/audit",
            Access.Scope(Scopes.OrganizationAdmin),
            (request, cancellation) => AuditEndpoints.ListAsync(log, request, cancellation)
        );
    }
}
