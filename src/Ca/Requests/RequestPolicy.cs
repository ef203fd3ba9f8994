using Culvert.Ca.Keys;
using Culvert.Ca.Names;
using Culvert.Ca.Profiles;
using Culvert.Ca.Refusals;

namespace Culvert.Ca.Requests;

public static class RequestPolicy
{
    /// <summary>The rules in order; the first refusal is the result.</summary>
    private static readonly (string Name, Func<Subject, CaRefusal?> Check)[] Rules =
    [
        ("key_algorithm", CheckKeyAlgorithm),
        ("extended_key_usage", CheckExtendedKeyUsage),
        ("name_kinds", CheckNameKinds),
        ("name_syntax", CheckNameSyntax),
        ("missing_san", CheckMissingSan),
        ("granted_names", CheckGrantedNames),
        ("common_name", CheckCommonName),
    ];

    /// <summary>Returns null when the request may be granted.</summary>
    public static CaRefusal? Check(ParsedRequest request, CertificateProfile profile, GrantedNames granted)
    {
        var subject = new Subject(request, profile, granted);
        foreach ((_, Func<Subject, CaRefusal?> check) in Rules)
        {
            if (check(subject) is { } refusal)
            {
                return refusal;
            }
        }

        return null;
    }

    private static CaRefusal? CheckKeyAlgorithm(Subject subject)
    {
        SubjectPublicKey key = subject.Request.PublicKey;
        if (key.IsRsa && (key.Algorithm == KeyAlgorithm.Other || !key.HasUsualExponent))
        {
            return new CaRefusal(CaErrorCodes.KeyWeak, "RSA keys have 2048, 3072 or 4096 bits and the exponent 65537.");
        }

        return subject.Profile.KeyAlgorithms.Contains(key.Algorithm)
            ? null
            : new CaRefusal(
                CaErrorCodes.KeyUnsupported,
                $"The profile {subject.Profile.Name} does not accept {KeyAlgorithms.Name(key.Algorithm)} keys."
            );
    }

    private static CaRefusal? CheckExtendedKeyUsage(Subject subject) =>
        subject.Request.ExtendedKeyUsages?.All(subject.Profile.ExtendedKeyUsages.Contains) == false
            ? new CaRefusal(
                CaErrorCodes.ProfileEku,
                $"The profile {subject.Profile.Name} does not allow a requested key purpose."
            )
            : null;

    private static CaRefusal? CheckNameKinds(Subject subject) =>
        subject.Request.Names.All(name => subject.Profile.NameKinds.Contains(name.Kind))
            ? null
            : new CaRefusal(
                CaErrorCodes.NameTypeForbidden,
                $"The profile {subject.Profile.Name} does not allow a requested type of name."
            );

    private static CaRefusal? CheckNameSyntax(Subject subject)
    {
        foreach (GeneralName name in subject.Request.Names.Where(name => name.Kind == GeneralNameKind.Dns))
        {
            if (!DnsNames.IsValid(name.Text))
            {
                return new CaRefusal(CaErrorCodes.NameInvalid, "A requested DNS name is malformed.");
            }

            if (DnsNames.IsWildcard(name.Text) && !subject.Granted.ContainsDns(name.Text))
            {
                return new CaRefusal(
                    CaErrorCodes.NameWildcardForbidden,
                    $"The wildcard name {name.Text} is not granted."
                );
            }
        }

        return null;
    }

    // A request without any name requests the granted names. A request with only a common name is from a tool that still
    // uses common names (RFC 6125 §6.4.4).
    private static CaRefusal? CheckMissingSan(Subject subject) =>
        subject.Request.Names.Count == 0 && subject.Request.Subject.CommonNames.Count > 0
            ? new CaRefusal(
                CaErrorCodes.NameMissingSan,
                "The request has a common name but no subject alternative name."
            )
            : null;

    private static CaRefusal? CheckGrantedNames(Subject subject) =>
        subject.Request.Names.FirstOrDefault(name => !subject.Granted.Contains(name)) is { } extra
            ? new CaRefusal(CaErrorCodes.NameNotAuthorised, $"The name {Show(extra)} is not granted.")
            : null;

    private static CaRefusal? CheckCommonName(Subject subject) =>
        subject.Request.Subject.CommonNames.All(name =>
            subject.Granted.ContainsDns(name) || subject.Granted.Uris.Contains(name, StringComparer.Ordinal)
        )
            ? null
            : new CaRefusal(CaErrorCodes.NameCnMismatch, "The common name is not one of the granted names.");

    // The names are echoed to the caller, so only printable ASCII of limited length is shown.
    private static string Show(GeneralName name) =>
        name.Text.Length <= 253 && name.Text.All(c => c is > ' ' and <= '~') ? name.Text : "(unprintable)";

    private sealed record Subject(ParsedRequest Request, CertificateProfile Profile, GrantedNames Granted);
}
