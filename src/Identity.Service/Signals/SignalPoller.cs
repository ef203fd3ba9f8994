using Culvert.Identity.Service.Federation;
using Culvert.Identity.Service.Storage;
using Culvert.Identity.Service.Telemetry;

namespace Culvert.Identity.Service.Signals;

/// <summary>Polls the streams that are due (RFC 8936), each on one node at a time.</summary>
internal sealed class SignalPoller(
    FederationDirectory directory,
    SignalStreamStore store,
    SignalPollReservations reservations,
    SignalPollSeries series,
    TimeProvider time,
    ILogger<SignalPoller> logger
)
{
    private const int PerRound = 64;
    private const string Succeeded = "succeeded";
    private const string Failed = "failed";

    public static readonly string[] Outcomes = [Succeeded, Failed];

    private static readonly SignalPollFailure Unexpected = new("An unexpected error, which the log of the node has.");

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        if (directory.IsStale)
        {
            return;
        }

        var due = await store.ListPollableAsync(time.GetStoreNow(), PerRound, cancellationToken);
        await Task.WhenAll(due.Select(stream => PollAsync(stream, cancellationToken)));
    }

    private async Task PollAsync(SignalStream stream, CancellationToken cancellationToken)
    {
        if (
            directory.Current.Issuers.Find(stream.IssuerId.Value)?.Issuer is not { IsArchived: false } issuer
            || await reservations.TryAcquireAsync(stream, cancellationToken) is not { } reserved
        )
        {
            return;
        }

        SignalPollFailure? failure;
        try
        {
            failure = await series.RunAsync(issuer, reserved, cancellationToken);
        }
        catch (Exception fault) when (!cancellationToken.IsCancellationRequested)
        {
            // For example, a token that cannot be unsealed: the other streams are polled all the same.
            Log.SignalPollFaulted(logger, fault, stream.IssuerId.Value);
            failure = Unexpected;
        }

        ServiceMeters.SignalPolls.Add(
            1,
            new KeyValuePair<string, object?>("outcome", failure is null ? Succeeded : Failed)
        );
        await reservations.SettleAsync(reserved, failure, cancellationToken);
    }
}
