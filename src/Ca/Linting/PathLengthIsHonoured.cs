namespace Culvert.Ca.Linting;

/// <summary>Every authority of the chain allows the certificate below it.</summary>
internal sealed class PathLengthIsHonoured : ICertificateLint
{
    public string Name => "path_length_is_honoured";

    public string Clause => "RFC 5280 §4.2.1.9";

    public bool Holds(LintSubject subject)
    {
        // i authorities are between chain[i] and the end entity, and one more when we certify an authority.
        int below = subject.Order.Profile.IsAuthority ? 1 : 0;
        for (int i = 0; i < subject.Order.Issuer.Chain.Count; i++)
        {
            if (subject.Order.Issuer.Chain[i].BasicConstraints?.PathLength is { } limit && i + below > limit)
            {
                return false;
            }
        }

        return true;
    }
}
