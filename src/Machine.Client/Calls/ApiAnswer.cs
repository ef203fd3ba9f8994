namespace Culvert.Machine.Client.Calls;

/// <summary>An answer with a status of 2xx, or one on its way to becoming a failure.</summary>
/// <param name="Status">The HTTP status.</param>
/// <param name="Body">Whole and bounded.</param>
/// <param name="RequestId">The service's id of the request.</param>
internal sealed record ApiAnswer(int Status, byte[] Body, string? RequestId)
{
    public override string ToString() => $"{Status} ({RequestId})";
}
