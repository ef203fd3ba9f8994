namespace Culvert.Machine.Client.Calls;

/// <summary>A complete HTTP answer of the service.</summary>
internal sealed record ApiAnswer(int Status, byte[] Body, string? RequestId)
{
    public override string ToString() => $"{Status} ({RequestId})";
}
