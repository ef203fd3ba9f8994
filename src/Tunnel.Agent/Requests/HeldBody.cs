using System.Buffers;
using Culvert.Tunnel.Agent.Mcp;

namespace Culvert.Tunnel.Agent.Requests;

/// <summary>
/// A request body that is judged before it may pass. Its bytes count against the budget from their arrival until it is
/// refused or answered.
/// </summary>
/// <param name="budget">Of all bodies of this kind.</param>
/// <param name="owner">Whose share of it the body takes.</param>
internal sealed class HeldBody(BodyBudget budget, ClientKey owner) : IDisposable
{
    private ArrayBufferWriter<byte> bytes = new();
    private McpMessage? message;
    private long reserved;

    public ReadOnlyMemory<byte> Bytes => bytes.WrittenMemory;

    /// <summary>False: more is to come behind it.</summary>
    public bool IsComplete { get; private set; }

    /// <summary>
    /// The bytes as a message, read once: the code that judges, records or relays it uses the same reading of the very
    /// bytes that the upstream gets. Only of a body that is complete.
    /// </summary>
    public McpMessage Message => message ??= MessageReader.Read(Bytes);

    /// <summary>False: the budget has no room.</summary>
    public bool TryAppend(in ReadOnlySequence<byte> arrived)
    {
        if (!TryReserve(arrived.Length))
        {
            return false;
        }

        foreach (var segment in arrived)
        {
            bytes.Write(segment.Span);
        }

        return true;
    }

    /// <summary>
    /// Nothing is to come behind it: the memory for judging it is reserved before any is used. False: the budget has no room
    /// for that.
    /// </summary>
    public bool TryComplete() => IsComplete = TryReserve((long)Message.Values * JsonValues.BytesOfEach);

    /// <summary>Takes out what was for the agent alone. The bytes until now stay as they are: a record may refer to them.</summary>
    public McpMessage Replace(ReadOnlySpan<byte> shorter)
    {
        bytes = new ArrayBufferWriter<byte>(shorter.Length);
        bytes.Write(shorter);
        return message = MessageReader.Read(Bytes);
    }

    // Called once, by the exchange.
    public void Dispose() => budget.Return(owner, reserved);

    private bool TryReserve(long bytes)
    {
        if (!budget.TryReserve(owner, bytes))
        {
            return false;
        }

        reserved += bytes;
        return true;
    }
}
