using System.Text;
using System.Text.Json;
using Culvert.Jose.Tokens;

namespace Culvert.Identity.Service.Federation.Assertions;

/// <summary>
/// RFC 7523 §3 (3): <c>aud</c>, or one of its elements, is exactly the rule's audience. A rule without an audience
/// requires the server that was asked; no rule accepts any audience.
/// </summary>
internal sealed class AudienceMatches() : ImmediateCheck(AssertionSteps.Audience)
{
    public override void Describe(AssertionContext context, TraceStep step) =>
        step.Got = ClaimText.Read(context.Claims, "aud");

    protected override Denial? Check(AssertionContext context)
    {
        if (!context.Claims.TryFind("aud"u8, out var audience))
        {
            return new Denial(DenialReason.AudienceInvalid, "absent");
        }

        var issuer = context.Rule.Issuer;
        var required = context.Audience;
        var match = audience.FindInStringList(required);
        if (match == StringListMatch.Malformed || (!issuer.AllowNonAscii && !IsAscii(audience)))
        {
            return new Denial(DenialReason.AudienceInvalid);
        }

        // RFC 7523bis: each service that a token is for could use it at the others.
        if (issuer.SingleAudience && audience.FindInStringList(required, 1) == StringListMatch.Malformed)
        {
            return new Denial(DenialReason.AudienceMultiple, Claim: "aud");
        }

        return match == StringListMatch.Found
            ? null
            : new Denial(
                DenialReason.AudienceMismatch,
                audience.ReadString() is { } actual ? UntrustedText.Bounded(actual) : null,
                "aud"
            );
    }

    // A look-alike is another service. An escape may hide any character, so a claim with escapes is decoded.
    private static bool IsAscii(in Claim audience)
    {
        if (!audience.Raw.Contains((byte)'\\'))
        {
            return Ascii.IsValid(audience.Raw);
        }

        var reader = new Utf8JsonReader(audience.Raw);
        while (reader.Read())
        {
            if (reader.TokenType == JsonTokenType.String && !Ascii.IsValid(reader.GetString()))
            {
                return false;
            }
        }

        return true;
    }
}
