namespace Culvert.Identity.Service.Federation.Assertions;

/// <summary>
/// RFC 7523 §3 (2). Stricter: bounded length, no control characters, and printable ASCII unless the issuer's record
/// allows more, because people read subjects in rules and logs, and a look-alike is another workload. For a SPIFFE
/// issuer it is in the bundle's trust domain (JWT-SVID §3): keys of one domain prove nothing in another.
/// </summary>
internal sealed class SubjectIsPresent() : ImmediateCheck(AssertionSteps.Subject)
{
    private const int MaxLength = 1024;
    private const string SpiffeScheme = "spiffe://";

    public override void Describe(AssertionContext context, TraceStep step) =>
        step.Got = context.Subject is { } subject ? UntrustedText.Bounded(subject) : null;

    protected override Denial? Check(AssertionContext context)
    {
        var issuer = context.Rule.Issuer;
        var subject = context.Claims.FindString("sub"u8);
        if (subject is not { Length: >= 1 and <= MaxLength } || !IsReadable(subject, issuer.AllowNonAscii))
        {
            return new Denial(DenialReason.SubjectInvalid, Claim: "sub");
        }

        if (issuer.TrustDomain is { } domain && !IsIn(domain, subject))
        {
            return new Denial(DenialReason.TrustDomainMismatch, UntrustedText.Bounded(subject), "sub");
        }

        context.Subject = subject;
        return null;
    }

    private static bool IsReadable(string subject, bool allowNonAscii)
    {
        if (!subject.AsSpan().ContainsAnyExceptInRange(' ', '~'))
        {
            return true;
        }

        return allowNonAscii && !subject.Any(char.IsControl);
    }

    // SPIFFE-ID §2: the domain ends at the first slash of the path, so "example.org" is not "example.org.evil".
    private static bool IsIn(string domain, string subject) =>
        subject.StartsWith(SpiffeScheme, StringComparison.Ordinal)
        && subject.AsSpan(SpiffeScheme.Length).StartsWith(domain)
        && subject.Length > SpiffeScheme.Length + domain.Length + 1
        && subject[SpiffeScheme.Length + domain.Length] == '/';
}
