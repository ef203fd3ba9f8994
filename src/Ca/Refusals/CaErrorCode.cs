namespace Culvert.Ca.Refusals;

/// <summary>One stable error code of the certificate core, as it appears in <c>error.details.error_code</c>.</summary>
/// <param name="Code"><c>area.reason</c>; never renamed once released.</param>
/// <param name="Status">The HTTP status of our own paths; the wire-compatible paths answer 400 instead.</param>
/// <param name="Meaning">What the code says, one sentence.</param>
/// <param name="Cause">What usually leads here.</param>
/// <param name="NextStep">What the caller can do about it.</param>
public sealed record CaErrorCode(string Code, int Status, string Meaning, string Cause, string NextStep)
{
    /// <inheritdoc/>
    public override string ToString() => Code;
}
