using System.Text.Json;
using Culvert.Tunnel.Agent.Mcp;

namespace Culvert.Tunnel.Agent.Policy.Answers;

/// <summary>
/// Describes the structured part of one message of the server while it arrives: the shape of a tool's structured content
/// or of the JSON in its only text, of the JSON in the only text of a resource, of a prompt's messages, or of a
/// completion.
/// </summary>
internal sealed class ShapeMessage(string method, ReadOnlyMemory<byte> id) : ITokenReader
{
    /// <summary>A token that is longer, and not a text, is not read. Texts are not held.</summary>
    public const int MaxHeldBytes = 16 * 1024;

    private readonly TokenFeed feed = new();
    private readonly ShapeText text = new();
    private RecordedShape? structured;
    private Member outer; // of the message
    private Member inner; // of its result
    private bool isStructured; // the structured content is being read
    private bool isText; // the text of an item is next
    private int items;
    private bool isAnswer;
    private bool isError;
    private bool isOver;

    private enum Member
    {
        Unknown,
        Id,
        Result,
        Structured,
        Items,
        IsError,
    }

    /// <summary>The description; null: the message is not the answer, is not complete, or has no structured part.</summary>
    public byte[]? Shape { get; private set; }

    bool ITokenReader.IsSkipping => true;

    public void Read(ReadOnlySpan<byte> bytes)
    {
        if (isOver)
        {
            return;
        }

        try
        {
            feed.Read(bytes, this, isEnd: false);
            isOver |= feed.HeldBytes > MaxHeldBytes;
            if (isOver)
            {
                feed.Read(default, this, isEnd: true);
            }
        }
        catch (UnfitException)
        {
            isOver = true;
        }
    }

    void ITokenReader.ReadDropped(ReadOnlySpan<byte> text)
    {
        if (isStructured)
        {
            structured!.ReadDropped(text);
        }
        else if (isText)
        {
            this.text.Read(text, isEnd: false);
        }
    }

    void ITokenReader.Read(ref Utf8JsonReader reader)
    {
        var type = reader.TokenType;
        if (isStructured)
        {
            structured!.Read(ref reader);
            isStructured = !structured.IsComplete;
        }
        else if (type == JsonTokenType.PropertyName)
        {
            ReadName(ref reader);
        }
        else if (type is not (JsonTokenType.EndObject or JsonTokenType.EndArray))
        {
            ReadValue(ref reader);
        }
        else if (reader.CurrentDepth == 0)
        {
            Close();
        }
    }

    private void ReadName(ref Utf8JsonReader reader)
    {
        switch (reader.CurrentDepth)
        {
            case 1:
                inner = Member.Unknown;
                outer =
                    reader.ValueTextEquals("id"u8) ? Member.Id
                    : reader.ValueTextEquals("result"u8) ? Member.Result
                    : Member.Unknown;
                break;
            case 2 when outer == Member.Result:
                inner = FindMember(ref reader);
                break;
            case 4:
                isText = inner == Member.Items && items == 1 && reader.ValueTextEquals("text"u8);
                break;
        }
    }

    private Member FindMember(ref Utf8JsonReader reader)
    {
        var (part, list) = method switch
        {
            McpMethods.CallTool => ("structuredContent", "content"),
            McpMethods.ReadResource => (null, "contents"),
            McpMethods.GetPrompt => ("messages", null),
            _ => ("completion", null),
        };
        return part is not null && reader.ValueTextEquals(part) ? Member.Structured
            : list is not null && reader.ValueTextEquals(list) ? Member.Items
            : reader.ValueTextEquals("isError"u8) ? Member.IsError
            : Member.Unknown;
    }

    private void ReadValue(ref Utf8JsonReader reader)
    {
        var type = reader.TokenType;
        switch (reader.CurrentDepth)
        {
            case 1 when outer == Member.Id:
                isAnswer =
                    type == JsonTokenType.Number
                        ? MessageId.AreEqual(reader.ValueSpan, id.Span)
                        : type == JsonTokenType.String
                            && MessageId.AreEqual([.. "\""u8, .. reader.ValueSpan, .. "\""u8], id.Span);
                break;
            case 2 when inner == Member.Structured && type != JsonTokenType.Null:
                structured = new RecordedShape();
                structured.Read(ref reader);
                isStructured = !structured.IsComplete;
                break;
            case 2 when inner == Member.IsError:
                isError = type == JsonTokenType.True;
                break;
            case 3 when inner == Member.Items:
                items++;
                break;
            case 4 when isText:
                isText = false;
                if (type == JsonTokenType.String)
                {
                    text.Read(reader.ValueSpan, isEnd: true);
                }

                break;
        }
    }

    private void Close()
    {
        isOver = true;
        if (isAnswer && !isError)
        {
            Shape = structured?.Write(isFromText: false) ?? (items == 1 ? text.Shape?.Write(isFromText: true) : null);
        }
    }
}
