using Culvert.Identity.Service.Federation;
using Culvert.Identity.Service.Federation.Administration;
using Culvert.Identity.Service.Federation.Issuers;
using Culvert.Identity.Service.Http;
using Culvert.Identity.Service.Signals;
using Culvert.Platform.Doctor;
using Culvert.Platform.Issuers;

namespace Culvert.Identity.Service.Status.Checks;

/// <summary>
/// Checks that the keys of every issuer are current, that no issuer is paused or killed, and that their security event
/// tokens are polled.
/// </summary>
internal sealed class IssuersStatus(
    IssuerStore issuers,
    IssuerControls controls,
    FederationDirectory directory,
    SignalStreamStore signals
) : StatusCheck(IssuerJudgement.Check, IssuerOperations.List)
{
    // Fewer are the usual restart of a transmitter.
    private const int FailedPolls = 3;

    private static readonly PageRequest Newest = new(FederationJson.MaxPage, long.MaxValue, IncludeArchived: false);

    public override async Task<IEnumerable<DoctorFinding>> RunAsync(Caller caller, CancellationToken cancellationToken)
    {
        var rows = await issuers.ListAsync(caller.OrganizationId, Newest, cancellationToken);
        var all = Newest.Cut(rows, row => row.Ordinal).Select(row => row.Value).Data;
        var keys = all.Select(issuer => directory.Current.FindKeys(issuer.Id)).ToList();
        var fetched = keys.Select(one => one?.PollStatus()?.LastFetchedAt).OfType<DateTimeOffset>().ToList();
        var unpolled = await signals.ListFailingPollsAsync(
            caller.OrganizationId,
            FailedPolls,
            PageRequest.MaxLimit,
            cancellationToken
        );
        return
        [
            .. all.Zip(keys, Judge).OfType<DoctorFinding>(),
            .. unpolled.Select(stream =>
                Warning(
                    stream.IssuerId.Value,
                    $"The last {stream.PollFailures} polls of security event tokens of issuer {stream.IssuerId.Value} failed: {stream.LastPollFailure}",
                    $"culvert issuer signals show {stream.IssuerId.Value}"
                )
            ),
            rows.Count > all.Count
                ? Unknown(
                    subject: null,
                    $"Only the newest {all.Count} issuers were checked.",
                    "culvert issuer list --all"
                )
            : all.Count == 0 ? Ok($"No issuer is registered.")
            : fetched.Count == 0 ? Ok($"{Plural.Format(all.Count, "issuer")}, with keys that are not fetched.")
            : Ok(
                $"{Plural.Format(all.Count, "issuer")}: the keys of each were fetched, the oldest at {fetched.Min():u}."
            ),
        ];
    }

    private DoctorFinding? Judge(Issuer issuer, IssuerKeys? keys)
    {
        var control = controls.Get(issuer.Id);
        var poll = keys?.PollStatus();

        // Keys that are part of the issuer's record are never fetched.
        if (poll is null && control.Kill is not { Issuer: true })
        {
            return null;
        }

        var (id, name) = (issuer.Id.Value, $"{issuer.Name} ({issuer.Id.Value})");
        var next = $"culvert issuer verify {id}";
        var kept = CachedKeyStatus.From(keys?.State ?? KeyState.Empty, poll?.LastFetchedAt, keys?.AreInUse == true);
        var failed =
            poll?.ConsecutiveFailures > 0 ? $"The last {Plural.Format(poll.ConsecutiveFailures, "fetch")}" : null;
        return IssuerJudgement.Judge(issuer, control, kept, failed, poll?.LastFailure, next)
            ?? (
                poll?.LastFetchedAt is null ? Unknown(id, $"The keys of issuer {name} have not been fetched yet.", next)
                : kept.Serve ? null
                : Problem(id, $"Issuer {name}: {kept.Text}.", next)
            );
    }
}
