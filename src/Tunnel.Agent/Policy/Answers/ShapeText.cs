namespace Culvert.Tunnel.Agent.Policy.Answers;

/// <summary>Describes the JSON object or array that a text of an answer is. Any other text has no shape.</summary>
internal sealed class ShapeText
{
    private readonly StringDecoder decoder = new();
    private readonly TokenFeed feed = new();
    private RecordedShape? read;
    private bool isOver;

    /// <summary>The shape; null: the text is not JSON, or not complete.</summary>
    public RecordedShape? Shape { get; private set; }

    /// <summary>Reads the next bytes of the text, with their escapes.</summary>
    public void Read(ReadOnlySpan<byte> piece, bool isEnd)
    {
        if (isOver)
        {
            return;
        }

        var json = decoder.Decode(piece);
        if (read is null)
        {
            json = json.TrimStart(" \t\r\n"u8);
            isOver = !json.IsEmpty && json[0] is not ((byte)'{' or (byte)'[');
            if (isOver || json.IsEmpty)
            {
                return;
            }

            read = new RecordedShape();
        }

        try
        {
            feed.Read(json, read, isEnd);
            isOver = isEnd || feed.HeldBytes > ShapeMessage.MaxHeldBytes;
            Shape = isEnd ? read : null;
        }
        catch (UnfitException)
        {
            isOver = true;
        }
    }
}
