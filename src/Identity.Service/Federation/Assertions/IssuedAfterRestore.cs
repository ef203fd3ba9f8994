namespace Culvert.Identity.Service.Federation.Assertions;

/// <summary>
/// What was used once between a backup and its restore is not remembered: where replay is on, tokens of that time and of
/// all time before are refused. The workload's next token is younger.
/// </summary>
/// <param name="restoredAt">Null: this installation was never restored.</param>
internal sealed class IssuedAfterRestore(DateTimeOffset? restoredAt) : ImmediateCheck(AssertionSteps.Replay)
{
    // iat counts in whole seconds here: a token of the restore's own second may be of before it.
    private readonly long? floor = restoredAt?.ToUnixTimeSeconds();

    protected override Denial? Check(AssertionContext context) =>
        floor is { } second
        && !context.IgnoresClock
        && context.Rule.Issuer.CheckJti
        && context.Claims.TryFind("iat"u8, out var iat)
        && iat.TryReadNumericDate(out var issuedAt)
        && issuedAt <= second
            ? new Denial(DenialReason.IssuedBeforeRestore)
            : null;
}
