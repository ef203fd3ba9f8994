using Culvert.Identity.Service.Audit.Export;
using Culvert.Identity.Service.Hosting;
using Culvert.Identity.Service.Storage;

namespace Culvert.Identity.Service.Audit;

/// <summary>The capability's door.</summary>
internal static class AuditRegistration
{
    public static IServiceCollection AddAudit(this IServiceCollection services) =>
        services
            .AddSingleton<IAuditLog, AuditLog>()
            .AddSingleton<IAuditBodies, AuditBodies>()
            .AddSingleton<AuditRetention>()
            .AddHostedService(provider => provider.GetRequiredService<AuditRetention>())
            .AddSingleton<IAuditExportStore, AuditExportStore>()
            .AddHostedService<AuditExporters>()
            .AddSingleton<AuditCheckpoints>()
            .AddHostedService(provider => provider.GetRequiredService<AuditCheckpoints>());

    public static void MapAudit(this ApiHost host)
    {
        var limits = host.Services.GetRequiredService<CallerLimits>();
        var log = host.Services.GetRequiredService<IAuditLog>();
        host.Get(
            "/v1/audit",
            Access.Scope(Scopes.OrganizationAdmin),
            (request, cancellation) => AuditEndpoints.ListAsync(log, request, cancellation)
        );
        host.Get(
            "/v1/audit/export",
            Access.Scope(Scopes.OrganizationAdmin),
            (request, _) =>
                new(
                    limits.TryTake(request.Caller, CostlyWork.Export) is { } limited
                        ? limited
                        : ApiAnswer.Streamed(
                            "application/x-ndjson",
                            (body, cancellation) =>
                                AuditExport.WriteAsync(
                                    log,
                                    request.Caller.OrganizationId,
                                    request.Caller.Has(Scopes.InstallationOperate),
                                    body,
                                    cancellation
                                )
                        )
                )
        );
        var checkpoints = host.Services.GetRequiredService<AuditCheckpoints>();
        host.Get(
            "/v1/audit/checkpoint",
            Access.Scope(Scopes.OrganizationAdmin),
            (_, _) =>
                new(
                    checkpoints.Newest is { } newest
                        ? ApiAnswer.Raw(System.Text.Encoding.ASCII.GetBytes(newest), "application/jose")
                        : RequestErrors.NotFound.Refuse()
                )
        );
    }
}
