namespace Culvert.Machine.Client.Calls;

internal sealed record ApiAnswer(int Status, byte[] Body, string? RequestId)
{
    public override string ToString() => $"{Status} ({RequestId})";
}
