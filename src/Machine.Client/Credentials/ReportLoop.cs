using Culvert.Platform.Programs;
using Culvert.Platform.Timing;

namespace Culvert.Machine.Client.Credentials;

/// <summary>
/// Reports what is in use, after every change and never before it: the service takes a report for an acknowledgement
/// (S17). Changes within a short time share one report.
/// </summary>
/// <param name="findServerSerial">Returns the serial of the inner-TLS certificate in use; null before the first.</param>
internal sealed class ReportLoop<TFeed>(LoopContext<TFeed> context, Func<string?> findServerSerial)
    where TFeed : class
{
    private static readonly TimeSpan Spacing = TimeSpan.FromMilliseconds(250);
    private static readonly Backoff Retry = new(TimeSpan.FromMilliseconds(500), TimeSpan.FromSeconds(15));

    private readonly AsyncSignal signal = new(context.Time);
    private (TFeed Feed, string? ServerSerial)? reported;

    public void Request() => signal.Set();

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            if (await signal.WaitAsync(TimeSpan.MaxValue, cancellationToken))
            {
                await SendAsync(cancellationToken);
                await Task.Delay(Spacing, context.Time, cancellationToken);
            }
        }
    }

    /// <summary>
    /// Sends the last report, once: without it the service counts this machine for a while. It repeats the previous
    /// report, since a later feed may not have been applied.
    /// </summary>
    public async Task SendLastAsync(CancellationToken ct)
    {
        if (
            reported is var (feed, server)
            && context.State is { Client: { } client, Identity: { } identity }
            && await context.Dialect.ReportAsync(client, feed, identity.Credential.Serial, server, leaving: true, ct)
                is { } failure
        )
        {
            Log.ReportFailed(context.Log, failure);
        }
    }

    private async Task SendAsync(CancellationToken ct)
    {
        for (var failures = 1; ; failures++)
        {
            // Read again at each attempt: the state may have changed while the service was unreachable.
            if (context.State is not { Client: { } client, Feed: { } feed, Identity: { } identity })
            {
                return; // the change that is missing requests a report again
            }

            var (serial, server) = (identity.Credential.Serial, findServerSerial());
            reported = (feed, server); // set before sending: the service may have received it although its answer is lost
            var failure = await context.Dialect.ReportAsync(client, feed, serial, server, leaving: false, ct);
            if (failure is null)
            {
                return;
            }

            Log.ReportFailed(context.Log, failure);
            if (!failure.IsTransient)
            {
                return;
            }

            await Task.Delay(Retry.After(failures, context.Unit()), context.Time, ct);
        }
    }
}
