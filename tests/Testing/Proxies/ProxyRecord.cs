using System.Buffers;
using System.Text;

namespace Culvert.Testing.Proxies;

/// <summary>What one client said to a proxy.</summary>
public sealed class ProxyRecord
{
    private const string EndOfHead = "\r\n\r\n";

    // Is its own lock.
    private readonly ArrayBufferWriter<byte> heard = new();

    /// <summary>All of it, a character for each byte.</summary>
    public string Text
    {
        get
        {
            lock (heard)
            {
                return Encoding.Latin1.GetString(heard.WrittenSpan);
            }
        }
    }

    /// <summary>The request to the proxy itself.</summary>
    public string Head =>
        Text.IndexOf(EndOfHead, StringComparison.Ordinal) is >= 0 and var end ? Text[..(end + EndOfHead.Length)] : Text;

    /// <summary>What followed, for the target.</summary>
    public string Content => Text[Head.Length..];

    public void Add(ReadOnlySpan<byte> bytes)
    {
        lock (heard)
        {
            heard.Write(bytes);
        }
    }
}
