using System.Buffers;
using System.Text;
using Culvert.Jose.Json;
using Culvert.Tunnel.Agent.Authorization;
using Culvert.Tunnel.Agent.Requests;

namespace Culvert.Tunnel.Agent.Upstreams;

/// <summary>
/// Binds the ids in a stream of events to the principal that receives it (P8): with <c>Last-Event-ID</c> a server
/// continues whichever stream an id belongs to. Only a line that may contain an id is held; an idle stream holds no
/// buffer.
/// </summary>
internal sealed class BoundEventIds(SessionBinding binding, Principal principal)
{
    // The most bytes of a line that are held back.
    private const int MaxLineBytes = SessionBinding.MaxIdLength + 4;

    private byte[] held = []; // the start of a line that may contain an id
    private bool isWithin; // whether part of the current line was passed on
    private bool hasBegun;

    private static ReadOnlySpan<byte> Field => "id:"u8;

    /// <summary>Whether an id is too long to be bound. The bytes returned last must then not be passed on.</summary>
    public bool IsRefused { get; private set; }

    /// <summary>The bytes to pass on instead of the input; null if the input passes unchanged.</summary>
    public ReadOnlyMemory<byte>? Add(ReadOnlySpan<byte> bytes)
    {
        var changed = held.Length > 0 ? new ArrayBufferWriter<byte>(held.Length + bytes.Length) : null;
        ReadOnlySpan<byte> all = held.Length > 0 ? (byte[])[.. held, .. bytes] : bytes;
        var (passed, at) = (0, 0);
        while (at < all.Length && FindLine(all[at..]) is { } line)
        {
            if (!isWithin && TryReadId(all.Slice(at, line.Length), out var id))
            {
                changed ??= new ArrayBufferWriter<byte>(all.Length + 64);
                changed.Write(all[passed..at]);
                WriteId(id, changed);
                passed = at + line.Length;
            }

            (at, isWithin) = (at + line.Length + line.EndLength, line.EndLength == 0);
        }

        held = all[at..].ToArray();
        IsRefused |= held.Length > MaxLineBytes;
        if (changed is null && held.Length == 0)
        {
            return null;
        }

        changed ??= new ArrayBufferWriter<byte>(Math.Max(1, at));
        changed.Write(all[passed..at]);
        return changed.WrittenMemory;
    }

    /// <summary>Like <see cref="Add"/>, for the last bytes of the stream.</summary>
    public ReadOnlyMemory<byte> End(ReadOnlyMemory<byte> bytes)
    {
        var changed = new ArrayBufferWriter<byte>(bytes.Length + held.Length + 64);
        changed.Write((Add(bytes.Span) ?? bytes).Span);
        if (TryReadId(held, out var id))
        {
            WriteId(id, changed);
        }
        else
        {
            changed.Write(held);
        }

        held = [];
        return IsRefused ? default : changed.WrittenMemory;
    }

    // Null if the bytes that follow decide whether the line has an id. The LF of a CRLF reads as an empty line.
    private (int Length, int EndLength)? FindLine(ReadOnlySpan<byte> rest)
    {
        if (!hasBegun)
        {
            // A byte-order mark does not belong to the first field's name (HTML Standard §9.2.6).
            var mark = Utf8Text.Mark;
            if (rest.Length < mark.Length && mark.StartsWith(rest))
            {
                return null;
            }

            hasBegun = true;
            if (rest.StartsWith(mark))
            {
                return (0, mark.Length);
            }
        }

        var end = rest.IndexOfAny((byte)'\r', (byte)'\n');
        if (end >= 0)
        {
            return (end, 1);
        }

        var mayHaveId = rest.Length < Field.Length ? Field.StartsWith(rest) : rest.StartsWith(Field);
        return mayHaveId && !isWithin ? null : (rest.Length, 0);
    }

    // An empty id resets the client's position in the stream and is not bound.
    private static bool TryReadId(ReadOnlySpan<byte> line, out string id)
    {
        id = line.StartsWith(Field) ? Encoding.UTF8.GetString(line[Field.Length..]).Trim(' ', '\t') : "";
        return id.Length > 0;
    }

    // Writes the id without the whitespace around it, which a header would not return.
    private void WriteId(string id, ArrayBufferWriter<byte> output)
    {
        if (!binding.TryBind(id, principal, out var bound))
        {
            IsRefused = true;
            return;
        }

        output.Write("id: "u8);
        output.Write(Encoding.UTF8.GetBytes(bound));
    }
}
