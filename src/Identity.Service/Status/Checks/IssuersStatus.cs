using Culvert.Identity.Service.Federation;
using Culvert.Identity.Service.Federation.Issuers;
using Culvert.Identity.Service.Http;
using Culvert.Identity.Service.Ids;
using Culvert.Platform.Issuers;

namespace Culvert.Identity.Service.Status.Checks;

/// <summary>Checks that the keys of every issuer are current, and that no issuer is paused or killed.</summary>
internal sealed class IssuersStatus(IssuerStore issuers, IssuerControls controls, FederationDirectory directory)
    : IStatusCheck
{
    private static readonly PageRequest Newest = new(FederationJson.MaxPage, long.MaxValue, IncludeArchived: false);

    public string Name => "issuers";

    public bool IsShownTo(Caller caller) => StatusRights.MayRead(caller, IssuerOperations.List);

    public async ValueTask<IReadOnlyList<StatusFinding>> RunAsync(Caller caller, CancellationToken cancellationToken)
    {
        var rows = await issuers.ListAsync(caller.OrganizationId, Newest, cancellationToken);
        var all = Newest.Cut(rows, row => row.Ordinal).Select(row => row.Value).Data;
        var polls = all.Select(issuer => directory.Current.FindKeys(issuer.Id)?.PollStatus()).ToList();
        var found = all.Zip(polls)
            .Select(pair => Judge(pair.First, controls.Of(pair.First.Id), pair.Second))
            .OfType<StatusFinding>()
            .ToList();
        if (rows.Count > all.Count)
        {
            found.Add(
                StatusFinding.Unknown(
                    subject: null,
                    $"Only the newest {all.Count} issuers were checked.",
                    "culvert issuer list --all"
                )
            );
        }

        if (found.Count > 0)
        {
            return found;
        }

        var fetched = polls.Select(poll => poll?.LastFetchedAt).OfType<DateTimeOffset>().ToList();
        return
        [
            all.Count == 0 ? StatusFinding.Ok($"No issuer is registered.")
            : fetched.Count == 0
                ? StatusFinding.Ok($"{Plural.Of(all.Count, "issuer")}, with keys that are not fetched.")
            : StatusFinding.Ok(
                $"{Plural.Of(all.Count, "issuer")}: the keys of each were fetched, the oldest at {fetched.Min():u}."
            ),
        ];
    }

    internal static StatusFinding? Judge(Issuer issuer, IssuerControl control, PollStatusDocument? poll)
    {
        var id = issuer.Id.Value;
        var name = $"{issuer.Name} ({id})";
        if (control.Kill is { Issuer: true })
        {
            return StatusFinding.Warning(
                id,
                $"An administrator killed issuer {name}: none of its tokens is accepted.",
                $"To trust it again: culvert issuer kill {id} --issuer --undo --reason TEXT"
            );
        }

        // Keys that are part of the issuer's record are never fetched.
        if (poll is null)
        {
            return null;
        }

        var serves =
            poll.KeyState != WireNames.Of(KeyState.Empty) && poll.KeyState != WireNames.Of(KeyState.HardExpired);
        var state = serves ? StatusState.Warning : StatusState.Problem;
        FormattableString kept =
            poll.LastFetchedAt is not { } at ? $"it has no keys, and its tokens are refused"
            : serves ? $"its keys of {at:u} are still accepted"
            : (FormattableString)$"its keys of {at:u} are too old, and its tokens are refused";
        var reason = poll.LastFailure is { } failure ? $" {failure.TrimEnd('.')}." : "";
        if (control.PausedAt is { } paused)
        {
            return StatusFinding.Problem(
                id,
                $"The keys of issuer {name} are not fetched since {paused:u}, after too many failures; {FormattableString.Invariant(kept)}.{reason}",
                $"Run culvert issuer verify {id}, fix what it shows, then run culvert issuer resume {id}"
            ) with
            {
                State = state,
            };
        }

        return poll.ConsecutiveFailures > 0
                ? StatusFinding.Problem(
                    id,
                    $"The last {Plural.Of(poll.ConsecutiveFailures, "fetch")} of the keys of issuer {name} failed; {FormattableString.Invariant(kept)}.{reason}",
                    $"culvert issuer verify {id}"
                ) with
                {
                    State = state,
                }
            : poll.LastFetchedAt is null
                ? StatusFinding.Unknown(
                    id,
                    $"The keys of issuer {name} have not been fetched yet.",
                    $"culvert issuer verify {id}"
                )
            : serves ? null
            : StatusFinding.Problem(
                id,
                $"Issuer {name}: {FormattableString.Invariant(kept)}.",
                $"culvert issuer verify {id}"
            );
    }
}
