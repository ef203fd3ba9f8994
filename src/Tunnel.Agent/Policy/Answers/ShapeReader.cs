using Culvert.Jose.Json;

namespace Culvert.Tunnel.Agent.Policy.Answers;

/// <summary>
/// Describes the answer to a call for the record while its bytes pass, in either framing. It removes and holds nothing of
/// the answer.
/// </summary>
/// <param name="method">The method of the call's message.</param>
/// <param name="id">The id of the call's message, as the client wrote it.</param>
internal sealed class ShapeReader(string method, ReadOnlyMemory<byte> id)
{
    private ShapeMessage message = new(method, id);
    private EventLines? lines;
    private bool hasData;

    /// <summary>The description; null: no complete answer with a structured part was read.</summary>
    public byte[]? Shape { get; private set; }

    public void Begin(bool isEventStream) => lines = isEventStream ? new EventLines() : null;

    public void Read(ReadOnlySpan<byte> bytes)
    {
        if (lines is null)
        {
            ReadData(bytes);
            return;
        }

        while (!bytes.IsEmpty && Shape is null)
        {
            switch (lines.Read(ref bytes, out var data))
            {
                case EventPart.Data:
                    ReadData(data);
                    break;
                case EventPart.End when hasData:
                    (message, hasData) = (new ShapeMessage(method, id), false);
                    break;
            }
        }
    }

    private void ReadData(ReadOnlySpan<byte> bytes)
    {
        if (!hasData)
        {
            bytes = bytes[Utf8Text.FindStart(bytes)..];
        }

        hasData |= !bytes.IsEmpty;
        message.Read(bytes);
        Shape ??= message.Shape;
    }
}
