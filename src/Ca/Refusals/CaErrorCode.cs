namespace Culvert.Ca.Refusals;

/// <summary>A stable error code of the certificate core, as in <c>error.details.error_code</c>.</summary>
/// <param name="Code"><c>area.reason</c>; never renamed after its release.</param>
/// <param name="Status">The HTTP status of our own paths; the wire-compatible paths answer 400.</param>
/// <param name="Meaning">The meaning, one sentence.</param>
/// <param name="Cause">The usual cause.</param>
/// <param name="NextStep">What the caller can do.</param>
public sealed record CaErrorCode(string Code, int Status, string Meaning, string Cause, string NextStep)
{
    public override string ToString() => Code;
}
