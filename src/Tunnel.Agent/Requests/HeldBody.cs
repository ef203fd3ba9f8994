using System.Buffers;
using Culvert.Tunnel.Agent.Mcp;

namespace Culvert.Tunnel.Agent.Requests;

/// <summary>
/// A request body that is checked before it may pass. Its bytes count against the budget from their arrival until the
/// request is refused or answered.
/// </summary>
/// <param name="budget">The budget of all bodies.</param>
/// <param name="owner">The caller to whose share the bytes count.</param>
internal sealed class HeldBody(BodyBudget budget, ClientKey owner) : IDisposable
{
    private ArrayBufferWriter<byte> bytes = new();
    private McpMessage? message;
    private long reserved;

    public ReadOnlyMemory<byte> Bytes => bytes.WrittenMemory;

    /// <summary>
    /// Whether the request passes without being held, as one whose body is only read for its record. Such bodies use at
    /// most half of the budget, so that they do not cause the refusal of others.
    /// </summary>
    public bool IsOptional { get; set; }

    /// <summary>False: more bytes may follow.</summary>
    public bool IsComplete { get; private set; }

    /// <summary>
    /// The bytes as a message, parsed once: the code that checks, records or relays the message uses the same parse of
    /// exactly the bytes that the upstream gets. The body must be complete.
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
    /// Marks the body as complete, and reserves the memory for checking its values before any is used. False: the budget has
    /// no room for that.
    /// </summary>
    public bool TryComplete(bool isChecked) =>
        IsComplete = !isChecked || TryReserve((long)Message.Values * JsonValues.BytesOfEach);

    /// <summary>
    /// Removes the parts for the agent alone. The old bytes stay unchanged, because a record may refer to them.
    /// </summary>
    public McpMessage Replace(ReadOnlySpan<byte> shorter)
    {
        bytes = new ArrayBufferWriter<byte>(shorter.Length);
        bytes.Write(shorter);
        return message = MessageReader.Read(Bytes);
    }

    // The exchange calls this once.
    public void Dispose() => budget.Return(owner, reserved);

    private bool TryReserve(long bytes)
    {
        if (!budget.TryReserve(owner, bytes, IsOptional))
        {
            return false;
        }

        reserved += bytes;
        return true;
    }
}
