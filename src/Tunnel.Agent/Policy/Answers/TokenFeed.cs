using System.Buffers;
using System.Text.Json;

namespace Culvert.Tunnel.Agent.Policy.Answers;

/// <summary>
/// Reads JSON that arrives in pieces. A token is held until it is complete, except a text that does not cross: its bytes
/// are dropped as they arrive, and an empty text is read in its place.
/// </summary>
internal sealed class TokenFeed
{
    // A text that is shorter is read as any other token.
    private const int LongText = 1024;

    /// <summary>The deepest value that does not cross; those that do are less deep (<see cref="FindingWriter"/>).</summary>
    public const int MaxDepth = 512;

    private static readonly JsonReaderOptions Options = new() { MaxDepth = MaxDepth + 1 };

    private readonly HeldAnswer held = new();
    private JsonReaderState state = new(Options);
    private bool isInText; // inside a long text that does not cross
    private bool isEscape; // its last byte was a backslash

    public int HeldBytes => held.WrittenCount;

    /// <exception cref="UnfitException">The bytes are not JSON.</exception>
    public void Read(ReadOnlySpan<byte> bytes, ITokenReader tokens, bool isEnd)
    {
        try
        {
            while (true)
            {
                if (isInText && !TrySkipText(ref bytes, tokens))
                {
                    return;
                }

                if (held.WrittenCount > 0)
                {
                    held.Write(bytes);
                    held.Skip(ReadTokens(held.WrittenMemory.Span, tokens, isEnd));
                }
                else
                {
                    held.Write(bytes[ReadTokens(bytes, tokens, isEnd)..]);
                }

                bytes = default;
                if (held.WrittenCount < LongText || !tokens.IsSkipping || !TryEnterText(ref bytes))
                {
                    return;
                }
            }
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            throw new UnfitException("not_json");
        }
        finally
        {
            if (isEnd)
            {
                held.Return();
            }
        }
    }

    private int ReadTokens(ReadOnlySpan<byte> bytes, ITokenReader tokens, bool isEnd)
    {
        var reader = new Utf8JsonReader(bytes, isEnd, state);
        while (reader.Read())
        {
            if (reader.CurrentDepth == MaxDepth)
            {
                throw new UnfitException("too_deep");
            }

            tokens.Read(ref reader);
        }

        state = reader.CurrentState;
        return (int)reader.BytesConsumed;
    }

    // The held bytes are one incomplete token. If it is a text, only what is before its content remains held.
    private bool TryEnterText(ref ReadOnlySpan<byte> rest)
    {
        var bytes = held.WrittenMemory.Span;
        var start = bytes.IndexOfAnyExcept(" \t\r\n,"u8);
        if (start < 0 || bytes[start] != (byte)'"')
        {
            return false;
        }

        rest = bytes[(start + 1)..].ToArray();
        held.CutTo(start + 1);
        held.Write("\""u8);
        isInText = true;
        isEscape = false;
        return true;
    }

    // False: the text continues in the next bytes.
    private bool TrySkipText(ref ReadOnlySpan<byte> bytes, ITokenReader tokens)
    {
        var text = bytes;
        while (!bytes.IsEmpty)
        {
            if (isEscape)
            {
                isEscape = false;
                bytes = bytes[1..];
                continue;
            }

            var next = bytes.IndexOfAny((byte)'"', (byte)'\\');
            var content = next < 0 ? bytes : bytes[..next];
            if (content.IndexOfAnyInRange((byte)0, (byte)0x1F) >= 0)
            {
                throw new UnfitException("not_json");
            }

            if (next < 0)
            {
                break;
            }

            isEscape = bytes[next] == '\\';
            bytes = bytes[(next + 1)..];
            if (!isEscape)
            {
                isInText = false;
                tokens.ReadDropped(text[..^(bytes.Length + 1)]);
                return true;
            }
        }

        tokens.ReadDropped(text);
        return false;
    }
}

/// <summary>Receives the tokens of JSON in their order.</summary>
internal interface ITokenReader
{
    /// <summary>Whether the next value is not used.</summary>
    bool IsSkipping { get; }

    void Read(ref Utf8JsonReader reader);

    /// <summary>Receives the next bytes, with their escapes, of a text that is not held: before its token, which is empty.</summary>
    void ReadDropped(ReadOnlySpan<byte> text) { }
}
