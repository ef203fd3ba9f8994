using System.Net.Security;
using System.Text;

namespace Culvert.Tunnel.Agent.Tests.Support;

/// <summary>An HTTP/1.1 client that sends and shows exact bytes.</summary>
internal sealed class RawClient(SslStream stream) : IAsyncDisposable
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public SslStream Stream => stream;

    public ValueTask SendAsync(string bytes) => stream.WriteAsync(Encoding.Latin1.GetBytes(bytes), Token);

    /// <summary>The next answer's head.</summary>
    public Task<string> ReadHeadAsync() => ReadUntilAsync("\r\n\r\n");

    /// <summary>Bytes up to and including a marker.</summary>
    public async Task<string> ReadUntilAsync(string marker)
    {
        var text = new StringBuilder();
        var one = new byte[1];
        while (!text.ToString().EndsWith(marker, StringComparison.Ordinal))
        {
            if (await stream.ReadAsync(one, Token) == 0)
            {
                throw new EndOfStreamException(text.ToString());
            }

            text.Append((char)one[0]);
        }

        return text.ToString();
    }

    /// <summary>What comes until the connection ends, in order or not.</summary>
    public async Task<string> ReadToEndAsync()
    {
        var text = new StringBuilder();
        var buffer = new byte[1024];
        try
        {
            while (await stream.ReadAsync(buffer, Token) is > 0 and var count)
            {
                text.Append(Encoding.Latin1.GetString(buffer.AsSpan(0, count)));
            }
        }
        catch (IOException)
        {
            // It was cut off.
        }

        return text.ToString();
    }

    public async Task<string> ReadBytesAsync(int count)
    {
        var buffer = new byte[count];
        await stream.ReadExactlyAsync(buffer, Token);
        return Encoding.Latin1.GetString(buffer);
    }

    /// <summary>Sends a request and reads an answer that has a Content-Length.</summary>
    public async Task<(string Head, string Body)> CallAsync(string request)
    {
        await SendAsync(request);
        var head = await ReadHeadAsync();
        return (head, await ReadBytesAsync(ContentLength(head)));
    }

    public ValueTask DisposeAsync() => stream.DisposeAsync();

    private static int ContentLength(string head)
    {
        const string Name = "\r\nContent-Length: ";
        var at = head.IndexOf(Name, StringComparison.OrdinalIgnoreCase);
        var text = head[(at + Name.Length)..];
        return at < 0 ? 0 : int.Parse(text[..text.IndexOf('\r')], System.Globalization.CultureInfo.InvariantCulture);
    }
}
