using Culvert.Identity.Service.Hosting;
using Culvert.Identity.Service.Storage;

namespace Culvert.Identity.Service.Audit.Export;

/// <summary>One exporter for each target, so that a target that is away holds up no other.</summary>
internal sealed class AuditExporters(
    ServiceOptions options,
    IAuditExportStore store,
    IJournal journal,
    StoreNode node,
    TimeProvider time,
    ILogger<AuditExporter> logger
) : IHostedService, IDisposable
{
    private readonly List<IAuditSink> sinks = [.. options.AuditTargets.Select(target => SinkOf(target, options))];
    private List<AuditExporter> all = [];

    public Task StartAsync(CancellationToken cancellationToken)
    {
        all =
        [
            .. options.AuditTargets.Zip(
                sinks,
                (target, sink) => new AuditExporter(target, sink, store, journal, node, time, logger)
            ),
        ];
        return Task.WhenAll(all.Select(one => one.StartAsync(cancellationToken)));
    }

    public Task StopAsync(CancellationToken cancellationToken) =>
        Task.WhenAll(all.Select(one => one.StopAsync(cancellationToken)));

    public void Dispose()
    {
        foreach (var held in all.Concat(sinks.OfType<IDisposable>()))
        {
            held.Dispose();
        }
    }

    public static IAuditSink SinkOf(AuditTarget target, ServiceOptions options) =>
        target switch
        {
            FileTarget file => new FileSink(file),
            SyslogTarget syslog => new SyslogSink(syslog, options.Network),
            CollectorTarget collector => new CollectorSink(collector, options.Network),
            _ => throw new InvalidOperationException($"{target.Name} has no sink."),
        };
}
