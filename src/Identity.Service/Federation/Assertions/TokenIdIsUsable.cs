namespace Culvert.Identity.Service.Federation.Assertions;

/// <summary>
/// RFC 7523 §3 (7): if the issuer's record requires it, <c>jti</c> must be usable as the mark of single use. A token
/// without <c>jti</c> is not checked.
/// </summary>
/// <param name="isAlwaysSingleUse">Whether <c>jti</c> is required, whatever the issuer's record says.</param>
internal sealed class TokenIdIsUsable(bool isAlwaysSingleUse = false) : ImmediateCheck(AssertionSteps.Replay)
{
    private const int MaxLength = 256;

    public override void Describe(AssertionContext context, TraceStep step) =>
        step.Mode = context.SingleUseId is null ? "off" : "single_use";

    protected override Denial? Check(AssertionContext context)
    {
        if (!isAlwaysSingleUse && !context.Rule.Issuer.CheckJti)
        {
            return null;
        }

        if (!context.Claims.TryFind("jti"u8, out var claim))
        {
            return isAlwaysSingleUse ? new Denial(DenialReason.JtiInvalid, "absent") : null;
        }

        if (claim.ReadString() is not { Length: >= 1 and <= MaxLength } id)
        {
            return new Denial(DenialReason.JtiInvalid);
        }

        context.SingleUseId = id;
        return null;
    }
}
