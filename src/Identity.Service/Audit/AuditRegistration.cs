using Culvert.Identity.Service.Audit.Export;
using Culvert.Identity.Service.Errors;
using Culvert.Identity.Service.Http;
using Culvert.Identity.Service.Jobs;
using Culvert.Platform.Net;

namespace Culvert.Identity.Service.Audit;

internal static class AuditRegistration
{
    public static IServiceCollection AddAudit(
        this IServiceCollection services,
        IReadOnlyList<AuditTarget> targets,
        NetworkOptions network
    )
    {
        foreach (var target in targets)
        {
            // One per target, so that an unavailable target does not delay the others.
            services.AddSingleton<RecurringJob>(provider =>
                ActivatorUtilities.CreateInstance<AuditExporter>(provider, target, CreateSink(target, network))
            );
        }

        return services
            .AddSingleton<AuditLog>()
            .AddSingleton<AuditSearch>()
            .AddSingleton<AuditBodies>()
            .AddSingleton<AuditRetention>()
            .AddSingleton<RecurringJob>(provider => provider.GetRequiredService<AuditRetention>())
            .AddSingleton<AuditExportStore>()
            .AddSingleton<AuditCheckpoints>()
            .AddSingleton<RecurringJob>(provider => provider.GetRequiredService<AuditCheckpoints>());
    }

    public static void MapAudit(this ApiHost host)
    {
        var limits = host.Services.GetRequiredService<CallerLimits>();
        var log = host.Services.GetRequiredService<AuditLog>();
        var endpoints = ActivatorUtilities.CreateInstance<AuditEndpoints>(host.Services);
        host.Map(AuditOperations.List, endpoints.ListAsync);
        host.Map(
            AuditOperations.Export,
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
        host.Map(
            AuditOperations.GetCheckpoint,
            (_, _) =>
                new(
                    checkpoints.Newest is { } newest
                        ? ApiAnswer.Raw(System.Text.Encoding.ASCII.GetBytes(newest), "application/jose")
                        : RequestErrors.NotFound.Refuse()
                )
        );
    }

    private static IAuditSink CreateSink(AuditTarget target, NetworkOptions network) =>
        target switch
        {
            FileTarget file => new FileSink(file),
            SyslogTarget syslog => new SyslogSink(syslog, network),
            CollectorTarget collector => new CollectorSink(collector, network),
            _ => throw new InvalidOperationException($"{target.Name} has no sink."),
        };
}
