using System.Globalization;
using Culvert.Identity.Service.Federation.Issuers;
using Culvert.Platform.Doctor;
using Culvert.Platform.Issuers;

namespace Culvert.Identity.Service.Doctor;

/// <summary>
/// Checks that the keys of every issuer can be fetched from here; otherwise shows how long the stored keys remain usable,
/// and what to do.
/// </summary>
internal sealed class IssuersCheck : IDoctorCheck<ServiceFacts>
{
    private const int MaxNext = 10;

    public string Id => "issuers";

    public DoctorFinding Run(ServiceFacts facts)
    {
        if (facts.Store is { Error: not null } or { Pending.Count: > 0 })
        {
            return DoctorFinding.Skip(Id, "Rests on database.");
        }

        if (facts.Issuers.Count == 0)
        {
            return DoctorFinding.Skip(Id, "No issuer is registered.");
        }

        var found = facts.Issuers.Select(state => Judge(state, facts)).OfType<Trouble>().ToList();
        var tried = facts.Issuers.Count(state => state.IsTried);
        if (found.Count == 0)
        {
            return DoctorFinding.Pass(
                Id,
                Text($"The keys of {tried} of {facts.Issuers.Count} issuers were fetched; the others are not fetched.")
            );
        }

        return DoctorFinding.Fail(
            Id,
            Text(
                $"{found.Count} of {facts.Issuers.Count} issuers need attention; {found.Count(t => t.IsFatal)} of them have no key that can be used."
            ),
            "Tokens of an issuer without keys are refused; cached keys are used until they are too old.",
            [.. found.Select(trouble => trouble.Next).Distinct(StringComparer.Ordinal).Take(MaxNext)]
        ) with
        {
            Status = found.Exists(trouble => trouble.IsFatal) ? DoctorStatus.Fail : DoctorStatus.Warn,
            Evidence = [.. found.OrderByDescending(trouble => trouble.IsFatal).Select(trouble => trouble.Line)],
        };
    }

    private static Trouble? Judge(IssuerState state, ServiceFacts facts)
    {
        var (issuer, control) = (state.Stored.Issuer, state.Stored.Control);
        var name = $"{issuer.Name} ({issuer.Id.Value})";
        if (control.Kill is { Issuer: true })
        {
            return new Trouble(
                IsFatal: false,
                $"{name}: an administrator killed it; none of its tokens is accepted",
                $"To trust it again: culvert issuer kill {issuer.Id.Value} --issuer --undo --reason TEXT"
            );
        }

        var (serves, kept) = Kept(state, facts);
        if (control.PausedAt is { } paused)
        {
            return new Trouble(
                !serves,
                Text($"{name}: paused since {paused:u}, after too many failures; {kept}"),
                $"culvert issuer verify {issuer.Id.Value} shows the error; then run: culvert issuer resume {issuer.Id.Value}"
            );
        }

        return state.Code is { } code
            ? new Trouble(!serves, $"{name}: {state.Failure?.TrimEnd('.')}; {kept}", Next(issuer, code))
            : null;
    }

    private static (bool Serves, string Text) Kept(IssuerState state, ServiceFacts facts)
    {
        var (issuer, control, kept) = state.Stored;
        if (kept is null || kept.FetchedAt < control.Kill?.SetsBefore)
        {
            return (false, "no key of it is known");
        }

        var options = facts.Options.Federation.Fetch;
        var until = kept.FetchedAt + issuer.HardExpiry(options);
        return KeySchedule.GetState(
            facts.Now - kept.FetchedAt,
            kept.FreshFor,
            issuer.StaleOk(options),
            issuer.HardExpiry(options)
        ) switch
        {
            KeyState.HardExpired => (false, Text($"its keys of {kept.FetchedAt:u} are too old to be used")),
            KeyState.Degraded => (
                kept.Proven.Count > 0,
                Text($"of its keys of {kept.FetchedAt:u} only those in use are accepted, until {until:u}")
            ),
            _ => (true, Text($"its keys of {kept.FetchedAt:u} are accepted until {until:u}")),
        };
    }

    private static string Next(Issuer issuer, string code)
    {
        var id = issuer.Id.Value;
        var place = KeySetFetch.FirstFetch(issuer)?.Url.Authority ?? issuer.Url;
        return code switch
        {
            "issuer.unreachable" or "issuer.timed_out" =>
                $"Check that the identity provider of {issuer.Name} runs, and that {place} can be reached from this host.",
            "issuer.unresolvable" => $"Correct the name in {place}, or this machine's DNS.",
            "issuer.tls" when issuer.KeySource.CaCertificatePem is not null =>
                $"Give the CA that issued the certificate of {place}: culvert issuer update {id} --ca-file FILE",
            "issuer.tls" =>
                $"If a private CA issued the certificate of {place}: culvert issuer update {id} --ca-file FILE",
            "issuer.file_unreadable" => $"Put the key set of {issuer.Name} into federation.jwks_directory.",
            _ => $"culvert issuer verify {id}",
        };
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    /// <param name="IsFatal">Whether none of its keys can be used.</param>
    private sealed record Trouble(bool IsFatal, string Line, string Next);
}
