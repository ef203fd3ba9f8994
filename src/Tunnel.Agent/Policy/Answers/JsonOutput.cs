using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Unicode;

namespace Culvert.Tunnel.Agent.Policy.Answers;

/// <summary>JSON that is written from the tokens of other JSON: what was written last can be taken back.</summary>
internal sealed class JsonOutput : IBufferWriter<byte>
{
    /// <summary>Texts are escaped only as far as JSON needs it.</summary>
    public static readonly JsonWriterOptions Options = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        MaxDepth = FindingWriter.MaxDepth + 16,
        SkipValidation = true,
    };

    // Characters that a text has without an escape: printable ASCII, except the quote and the backslash.
    private static readonly SearchValues<byte> Plain = SearchValues.Create([
        .. Enumerable.Range(' ', '~' - ' ' + 1).Where(c => c is not ('"' or '\\')).Select(c => (byte)c),
    ]);

    private readonly HeldAnswer held = new();
    private byte[] scratch = [];

    public int Length => held.WrittenCount;

    /// <summary>Valid until the next call of another member.</summary>
    public ReadOnlyMemory<byte> Written => held.WrittenMemory;

    public void CutTo(int length) => held.CutTo(length);

    public void Raw(ReadOnlySpan<byte> json) => held.Write(json);

    public void Raw(byte json)
    {
        held.GetSpan(1)[0] = json;
        held.Advance(1);
    }

    /// <summary>The text of a string or of a member's name, without escapes; valid until the next text is read.</summary>
    /// <exception cref="UnfitException">It has half of a surrogate pair, or is not UTF-8.</exception>
    public ReadOnlySpan<byte> Read(ref Utf8JsonReader reader)
    {
        if (!reader.ValueIsEscaped)
        {
            return Utf8.IsValid(reader.ValueSpan) ? reader.ValueSpan : throw new UnfitException("not_utf8");
        }

        if (scratch.Length < reader.ValueSpan.Length)
        {
            scratch = new byte[reader.ValueSpan.Length];
        }

        return scratch.AsSpan(0, reader.CopyString(scratch));
    }

    /// <summary>Writes a text in quotes.</summary>
    public void Text(ReadOnlySpan<byte> utf8)
    {
        if (!utf8.ContainsAnyExcept(Plain))
        {
            var whole = held.GetSpan(utf8.Length + 2);
            whole[0] = whole[utf8.Length + 1] = (byte)'"';
            utf8.CopyTo(whole[1..]);
            held.Advance(utf8.Length + 2);
            return;
        }

        Raw((byte)'"');
        while (!utf8.IsEmpty)
        {
            var room = held.GetSpan(utf8.Length + 16);
            JavaScriptEncoder.UnsafeRelaxedJsonEscaping.EncodeUtf8(utf8, room, out var consumed, out var written);
            held.Advance(written);
            utf8 = utf8[consumed..];
        }

        Raw((byte)'"');
    }

    /// <summary>Removes what was written first.</summary>
    public void DropFirst(int length) => held.Skip(length);

    public void Advance(int count) => held.Advance(count);

    public Memory<byte> GetMemory(int sizeHint = 0) => held.GetMemory(sizeHint);

    public Span<byte> GetSpan(int sizeHint = 0) => held.GetSpan(sizeHint);

    public void Release() => held.Return();
}
