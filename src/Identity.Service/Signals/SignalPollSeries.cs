using Culvert.Identity.Service.Federation.Issuers;

namespace Culvert.Identity.Service.Signals;

/// <summary>
/// Polls one stream until no token waits, within limits. Each poll reports what became of the tokens of the one before. What
/// could not be reported is delivered again, and then accepted without another effect.
/// </summary>
internal sealed class SignalPollSeries(SignalPollClient client, SignalPollInbox inbox, TimeProvider time)
{
    /// <summary>After that time no further tokens are requested until the next series.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromSeconds(10);

    /// <summary>As <see cref="Longest"/>.</summary>
    public const int MostPolls = 100;

    // So that an answer with one token is requested after three that are too large.
    private const int FewerTokens = 4;

    /// <summary>Null = success.</summary>
    public async Task<SignalPollFailure?> RunAsync(
        Issuer issuer,
        SignalStream stream,
        CancellationToken cancellationToken
    )
    {
        var began = time.GetTimestamp();
        var report = SignalPollReport.Empty;
        var asksForMore = true;
        var most = SignalPollClient.MaxEvents;
        for (var polls = 1; ; polls++)
        {
            var request = new SignalPollRequest(
                asksForMore ? most : 0,
                ReturnImmediately: true,
                report.Ack,
                report.SetErrs
            );
            var (answer, failure) = await client.PollAsync(issuer, stream, request, cancellationToken);
            if (failure is { IsTooLarge: true } && asksForMore && most > 1)
            {
                most = Math.Max(1, most / FewerTokens);
                continue;
            }

            if (failure is not null)
            {
                return failure;
            }

            if (asksForMore)
            {
                report = await inbox.ReceiveAsync(issuer, stream, answer!, cancellationToken);
            }

            if (!asksForMore || report.IsEmpty)
            {
                return report.Waiting is { } refusal
                    ? new SignalPollFailure($"Tokens wait at the transmitter: {refusal.Message}")
                    : null;
            }

            asksForMore =
                answer!.MoreAvailable
                && report.Waiting is null
                && polls < MostPolls
                && time.GetElapsedTime(began) < Longest;
        }
    }
}
