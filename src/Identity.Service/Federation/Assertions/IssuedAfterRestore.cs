namespace Culvert.Identity.Service.Federation.Assertions;

/// <summary>
/// A restored installation does not know which assertions were used between the backup and the restore: where replay is
/// checked, tokens issued before the restore are refused. The workload's next token is newer.
/// </summary>
/// <param name="restoredAt">Null if this installation was never restored.</param>
/// <param name="isAlwaysSingleUse">Whether replay is checked, whatever the issuer's record says.</param>
internal sealed class IssuedAfterRestore(DateTimeOffset? restoredAt, bool isAlwaysSingleUse = false)
    : ImmediateCheck(AssertionSteps.Replay)
{
    // iat has whole seconds: a token of the second of the restore may be older than the restore.
    private readonly long? floor = restoredAt?.ToUnixTimeSeconds();

    protected override Denial? Check(AssertionContext context) =>
        floor is { } second
        && !context.IgnoresClock
        && (isAlwaysSingleUse || context.Rule.Issuer.CheckJti)
        && context.Claims.TryFind("iat"u8, out var iat)
        && iat.TryReadNumericDate(out var issuedAt)
        && issuedAt <= second
            ? new Denial(DenialReason.IssuedBeforeRestore)
            : null;
}
