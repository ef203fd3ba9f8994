using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Culvert.Tunnel.Agent.Mcp;
using Culvert.Tunnel.Agent.Requests;

namespace Culvert.Tunnel.Agent.Policy.Answers;

/// <summary>
/// Reads one message of the server while it arrives, and writes the message that the client gets instead. Members that
/// are not named here do not cross, whatever they are.
/// </summary>
internal sealed class AnswerMessage : ITokenReader
{
    // A longer id is not one that this client has sent.
    private const int MaxIdBytes = 1024;
    private const int MessageDepth = 1;
    private const int ResultDepth = 2;

    private readonly JudgedCall call;
    private readonly AnswerShape shape;
    private readonly TokenFeed feed = new();
    private readonly JsonOutput finding = new();
    private readonly JsonOutput whole = new(); // a value that is read completely before it is judged
    private readonly AnswerContent content;
    private readonly FindingWriter structured;
    private readonly List<string> cut = [];
    private readonly List<JsonElement> parts = [];
    private FindingWriter? copy;
    private uint seen; // a bit for each member
    private Member inside; // the result or the error, while it is read
    private Member reading; // the member whose value is written
    private Member pending; // the member whose value begins
    private int skipUntil = -1;
    private bool isComplete;
    private bool isPartial;
    private bool isError;
    private AnswerCounts added;

    public AnswerMessage(JudgedCall call)
    {
        (this.call, shape) = (call, call.Shape);
        structured = new FindingWriter(shape, call.Claims, finding, call.HashKey);
        content = new AnswerContent(call);
    }

    private enum Member
    {
        None,
        Unknown,
        Id,
        Method,
        Result,
        Error,
        Structured,
        Content,
        IsError,
        ResultType,
        Whole,
        Code,
        Text,
    }

    public AnswerOutcome Outcome { get; private set; }

    /// <summary>Why the answer is unfit; otherwise empty.</summary>
    public string Reason { get; private set; } = "";

    /// <summary>The raw id of the message; empty if it has none.</summary>
    public ReadOnlyMemory<byte> Id { get; private set; }

    /// <summary>What the client gets, once <see cref="Outcome"/> is <see cref="AnswerOutcome.Finding"/>.</summary>
    public ReadOnlyMemory<byte> Written => whole.Written;

    /// <summary>What of the finding is structured, where rules compare or show it for an approval; otherwise empty.</summary>
    public IReadOnlyList<JsonElement> Parts => parts;

    public AnswerCounts Counts => structured.Counts + content.Counts + added;

    /// <summary>The SHA-256 digest of what the client gets; empty without it.</summary>
    public byte[] Digest { get; private set; } = [];

    public bool? IsError => Outcome is AnswerOutcome.Finding or AnswerOutcome.Failed ? isError : null;

    /// <summary>The server's error: its code and text, if the rules let it cross.</summary>
    public (int Code, string Text) Error { get; private set; } = (RpcText.InternalError, "");

    public long HeldBytes =>
        feed.HeldBytes
        + finding.Length
        + whole.Length
        + structured.HeldBytes
        + content.HeldBytes
        + (copy?.HeldBytes ?? 0);

    bool ITokenReader.IsSkipping =>
        skipUntil >= 0
        || reading switch
        {
            Member.None => pending == Member.Unknown,
            Member.Structured when call.Output is null => structured.IsSkipping,
            _ => false,
        };

    /// <summary>Reads the next bytes of the message.</summary>
    public void Read(ReadOnlySpan<byte> bytes, bool isEnd)
    {
        if (Outcome != AnswerOutcome.Open)
        {
            return;
        }

        try
        {
            feed.Read(bytes, this, isEnd);
            if (HeldBytes > shape.MaxBytes)
            {
                throw new UnfitException("too_large");
            }

            if (isEnd)
            {
                Outcome = Finish();
            }
        }
        catch (UnfitException e)
        {
            (Outcome, Reason) = (AnswerOutcome.Unfit, e.Reason);
        }
    }

    /// <summary>Writes the server's error, which the rules let cross.</summary>
    public void WriteError()
    {
        var before = whole.Length;
        whole.Raw(RpcText.Error(call.Id.Span, Error.Code, content.Mask(Error.Text)));
        whole.DropFirst(before);
        Outcome = AnswerOutcome.Finding;
    }

    /// <summary>Instead of an unfit answer: a result that says only that it was withheld.</summary>
    public void WriteWithheld()
    {
        Write(json =>
        {
            json.WriteStartArray("content");
            AnswerContent.WriteText(
                json,
                "The answer was withheld, because the rules of this route cannot judge it."u8
            );
            json.WriteEndArray();
        });
        Outcome = AnswerOutcome.Finding;
    }

    public void Release()
    {
        finding.Release();
        whole.Release();
    }

    void ITokenReader.Read(ref Utf8JsonReader reader)
    {
        if (skipUntil >= 0)
        {
            var isEnd = reader.TokenType is JsonTokenType.EndObject or JsonTokenType.EndArray;
            skipUntil = isEnd && reader.CurrentDepth == skipUntil ? -1 : skipUntil;
        }
        else if (reading == Member.Structured && call.Output is null)
        {
            reading = structured.Add(ref reader) ? Member.None : Member.Structured;
        }
        else if (reading != Member.None)
        {
            ReadWhole(ref reader);
        }
        else if (reader.TokenType == JsonTokenType.PropertyName)
        {
            pending = FindMember(ref reader);
            if (pending != Member.Unknown && (seen & Bit(pending)) != 0)
            {
                throw new UnfitException("duplicate_member");
            }

            seen |= Bit(pending);
        }
        else
        {
            ReadValue(ref reader);
        }
    }

    private Member FindMember(ref Utf8JsonReader reader)
    {
        if (inside == Member.None)
        {
            return reader.ValueTextEquals("id"u8) ? Member.Id
                : reader.ValueTextEquals("method"u8) ? Member.Method
                : reader.ValueTextEquals("result"u8) ? Member.Result
                : reader.ValueTextEquals("error"u8) ? Member.Error
                : Member.Unknown;
        }

        if (inside == Member.Error)
        {
            return reader.ValueTextEquals("code"u8) ? Member.Code
                : reader.ValueTextEquals("message"u8) && shape.PassesErrors ? Member.Text
                : Member.Unknown;
        }

        if (reader.ValueTextEquals("isError"u8))
        {
            return Member.IsError;
        }

        if (reader.ValueTextEquals("resultType"u8))
        {
            return Member.ResultType;
        }

        return call.Method switch
        {
            McpMethods.CallTool => reader.ValueTextEquals("structuredContent"u8) ? Member.Structured
            : reader.ValueTextEquals("content"u8) && content.IsRead ? Member.Content
            : Member.Unknown,
            McpMethods.ReadResource when reader.ValueTextEquals("contents"u8) => Member.Whole,
            McpMethods.GetPrompt when reader.ValueTextEquals("messages"u8) => Member.Whole,
            McpMethods.Complete when reader.ValueTextEquals("completion"u8) => Member.Whole,
            _ => Member.Unknown,
        };
    }

    private void ReadValue(ref Utf8JsonReader reader)
    {
        var type = reader.TokenType;
        if (reader.CurrentDepth < MessageDepth)
        {
            if (type is not (JsonTokenType.StartObject or JsonTokenType.EndObject))
            {
                throw new UnfitException("not_an_object");
            }

            isComplete = type == JsonTokenType.EndObject;
            return;
        }

        if (type == JsonTokenType.EndObject)
        {
            inside = Member.None;
            return;
        }

        (var member, pending) = (pending, Member.None);
        switch (member)
        {
            case Member.Result or Member.Error:
                Require(type == JsonTokenType.StartObject, "not_an_object");
                inside = member;
                break;
            case Member.Id when type is JsonTokenType.String or JsonTokenType.Number:
                Require(reader.ValueSpan.Length <= MaxIdBytes, "id");
                Id =
                    type == JsonTokenType.Number
                        ? reader.ValueSpan.ToArray()
                        : [.. "\""u8, .. reader.ValueSpan, .. "\""u8];
                break;
            case Member.Structured or Member.Content when type == JsonTokenType.Null:
                seen &= ~Bit(member);
                break;
            case Member.Structured when call.Output is not null:
                reading = Member.Structured;
                ReadWhole(ref reader);
                break;
            case Member.Structured:
                reading = structured.Add(ref reader) ? Member.None : Member.Structured;
                break;
            case Member.Content:
                Require(type == JsonTokenType.StartArray, "content");
                reading = Member.Content;
                break;
            case Member.Whole:
                reading = Member.Whole;
                ReadWhole(ref reader);
                break;
            case Member.IsError:
                Require(type is JsonTokenType.True or JsonTokenType.False, "is_error");
                isError = type == JsonTokenType.True;
                break;
            case Member.ResultType:
                isPartial = type != JsonTokenType.String || !reader.ValueTextEquals("complete"u8);
                break;
            case Member.Code when type == JsonTokenType.Number && reader.TryGetInt32(out var code):
                Error = Error with { Code = code };
                break;
            case Member.Text when type == JsonTokenType.String:
                Error = Error with { Text = reader.GetString()! };
                break;
            default:
                skipUntil = type is JsonTokenType.StartObject or JsonTokenType.StartArray ? reader.CurrentDepth : -1;
                break;
        }
    }

    // The elements of "content" are judged one by one.
    private void ReadWhole(ref Utf8JsonReader reader)
    {
        if (
            reading == Member.Content
            && reader.TokenType == JsonTokenType.EndArray
            && reader.CurrentDepth == ResultDepth
        )
        {
            reading = Member.None;
            return;
        }

        copy ??= new FindingWriter(AnswerContent.Everything, PrincipalClaims.None, whole, () => []);
        if (!copy.Add(ref reader))
        {
            return;
        }

        copy = null;
        if (reading == Member.Content)
        {
            content.AddItem(whole.Written);
            whole.CutTo(0);
            return;
        }

        if (reading == Member.Structured)
        {
            ReadApproved();
            whole.CutTo(0);
        }

        reading = Member.None;
    }

    // A structured part with an approved form is read completely, compared with it, and then judged.
    private void ReadApproved()
    {
        var json = whole.Written.ToArray();
        using var document = JsonDocument.Parse(json, AnswerContent.Options);
        Require(call.Output!.FindOutputError(document.RootElement) is null, "output_schema");
        ReadText(json, structured);
    }

    private AnswerOutcome Finish()
    {
        Require(isComplete, "not_json");
        var isAnswer = Has(Member.Result) || Has(Member.Error);
        Require(!(isAnswer && Has(Member.Method)), "ambiguous");
        Require(!(Has(Member.Result) && Has(Member.Error)), "ambiguous");
        if (Has(Member.Error) && (Id.IsEmpty || MessageId.AreEqual(Id.Span, call.Id.Span)))
        {
            isError = true;
            return AnswerOutcome.Failed;
        }

        if (!isAnswer || !MessageId.AreEqual(Id.Span, call.Id.Span))
        {
            return AnswerOutcome.OtherMessage;
        }

        Require(!isPartial, "not_complete");
        if (isError && !shape.PassesErrors)
        {
            return AnswerOutcome.Failed;
        }

        WriteResult();
        return AnswerOutcome.Finding;
    }

    private void WriteResult()
    {
        if (call.Method == McpMethods.CallTool)
        {
            WriteToolResult();
            return;
        }

        Require(Has(Member.Whole), "no_structured_part");
        using var document = JsonDocument.Parse(whole.Written.ToArray(), AnswerContent.Options);
        var value = document.RootElement;
        Write(json =>
        {
            switch (call.Method)
            {
                case McpMethods.ReadResource:
                    content.WriteResources(json, value, FindInText);
                    if (call.IsModern)
                    {
                        json.WriteNumber("ttlMs", 0);
                        json.WriteString("cacheScope", "private");
                    }

                    break;
                case McpMethods.GetPrompt:
                    content.WriteMessages(json, value);
                    break;
                default:
                    content.WriteCompletion(json, value);
                    break;
            }
        });
    }

    private void WriteToolResult()
    {
        var isStructured = Has(Member.Structured);
        var isText =
            !isStructured && !isError && shape.ReadsTextAsJson && call.Output is null && content.OnlyText is not null;
        if (isText)
        {
            ReadJson(content.OnlyText!, structured);
        }

        Require(isStructured || isText || isError || shape.Text >= AnswerText.Mask, "no_structured_part");
        if ((isStructured || isText) && finding.Length == 0)
        {
            finding.Raw("{}"u8);
        }

        if (isStructured || isText)
        {
            AddPart(finding);
        }

        cut.AddRange(structured.Cut);
        Write(json =>
        {
            json.WriteStartArray("content");
            if (isText || (isStructured && shape.Text == AnswerText.Derive))
            {
                AnswerContent.WriteText(json, finding.Written.Span);
            }

            foreach (var at in shape.Text == AnswerText.Drop ? [] : cut)
            {
                var note = $"More records were found: only the first of {(at.Length > 0 ? at : "them")} are here.";
                AnswerContent.WriteText(json, Encoding.UTF8.GetBytes(note));
            }

            content.WriteItems(json, texts: shape.Text >= AnswerText.Mask ? !isText : isError);
            json.WriteEndArray();
            if (isStructured)
            {
                json.WritePropertyName("structuredContent");
                json.WriteRawValue(finding.Written.Span, skipInputValidation: true);
            }

            if (isError)
            {
                json.WriteBoolean("isError", true);
            }
        });
    }

    // A resource that is JSON has a finding of its own.
    private string FindInText(string text)
    {
        var output = new JsonOutput();
        var writer = new FindingWriter(shape, call.Claims, output, call.HashKey);
        ReadJson(text, writer);
        AddPart(output);
        added += writer.Counts;
        cut.AddRange(writer.Cut);
        var found = Encoding.UTF8.GetString(output.Written.Span);
        output.Release();
        return found;
    }

    private void AddPart(JsonOutput json)
    {
        if (shape.Approvals.Count > 0 && json.Length > 0)
        {
            parts.Add(JsonElement.Parse(json.Written.Span, AnswerContent.Options));
        }
    }

    private static void ReadJson(string text, FindingWriter writer)
    {
        var json = Encoding.UTF8.GetBytes(text);
        Require(json.AsSpan().TrimStart(" \t\r\n"u8) is [(byte)'{' or (byte)'[', ..], "not_json");
        ReadText(json, writer);
    }

    private static void ReadText(ReadOnlySpan<byte> json, FindingWriter writer)
    {
        try
        {
            var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = AnswerContent.Options.MaxDepth });
            while (reader.Read())
            {
                writer.Add(ref reader);
            }
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            throw new UnfitException("not_json");
        }
    }

    private void Write(Action<Utf8JsonWriter> members)
    {
        var before = whole.Length;
        using (var json = new Utf8JsonWriter(whole, JsonOutput.Options))
        {
            json.WriteStartObject();
            json.WriteString("jsonrpc"u8, "2.0"u8);
            json.WritePropertyName("id"u8);
            json.WriteRawValue(call.Id.Span, skipInputValidation: true);
            json.WriteStartObject("result"u8);
            if (call.IsModern)
            {
                json.WriteString("resultType"u8, "complete"u8);
            }

            members(json);
            if (cut.Count > 0)
            {
                json.WriteStartObject("_meta"u8);
                json.WriteStartArray("culvert/truncated"u8);
                foreach (var at in cut)
                {
                    json.WriteStringValue(at);
                }

                json.WriteEndArray();
                json.WriteEndObject();
            }

            json.WriteEndObject();
            json.WriteEndObject();
        }

        whole.DropFirst(before);
        Digest = SHA256.HashData(whole.Written.Span);
    }

    private bool Has(Member member) => (seen & Bit(member)) != 0;

    private static uint Bit(Member member) => 1U << (int)member;

    private static void Require(bool condition, string reason)
    {
        if (!condition)
        {
            throw new UnfitException(reason);
        }
    }
}
