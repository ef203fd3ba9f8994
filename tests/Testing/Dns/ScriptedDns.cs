using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace Culvert.Testing.Dns;

/// <summary>
/// A name server that says what a test tells it to, over UDP and TCP on one port of loopback: resolver and authority in
/// one. For a name without a script it answers NXDOMAIN. Real programs may use it too (<c>pebble -dnsserver</c>).
/// </summary>
public sealed class ScriptedDns : IAsyncDisposable
{
    private const int MaxDatagram = 512; // RFC 1035 §4.2.1
    private const int NameError = 3;

    private readonly CancellationTokenSource stop = new();
    private readonly Socket udp;
    private readonly TcpListener tcp;
    private readonly List<Task> loops = [];
    private readonly ConcurrentDictionary<(string Name, ushort Type), List<byte[]>> records = new();
    private readonly ConcurrentDictionary<string, int> codes = new();
    private readonly ConcurrentDictionary<string, bool> silent = new();
    private readonly ConcurrentQueue<SeenQuestion> seen = new();
    private int tcpClients;

    private ScriptedDns(Socket udp, TcpListener tcp)
    {
        (this.udp, this.tcp) = (udp, tcp);
        EndPoint = (IPEndPoint)udp.LocalEndPoint!;
        loops.Add(ServeUdpAsync());
        loops.Add(ServeTcpAsync());
    }

    public IPEndPoint EndPoint { get; }

    /// <summary>What was asked, in order.</summary>
    public IReadOnlyCollection<SeenQuestion> Seen => seen;

    /// <summary>Whether answers carry the bit of authority.</summary>
    public bool IsAuthoritative { get; set; } = true;

    /// <summary>Whether answers say that it asks others for what it does not know.</summary>
    public bool OffersRecursion { get; set; } = true;

    /// <summary>Every answer over UDP says that it is cut short.</summary>
    public bool AlwaysTruncates { get; set; }

    /// <summary>Every answer over TCP is sent again and again, until the client has left.</summary>
    public bool RepeatsOverTcp { get; set; }

    /// <summary>Connections that are open.</summary>
    public int TcpClients => Volatile.Read(ref tcpClients);

    /// <summary>Gets each finished answer and whether it goes over TCP; what it returns goes out, null = nothing does.</summary>
    public Func<byte[], bool, byte[]?> Mangle { get; set; } = (answer, _) => answer;

    /// <summary>Gets each finished answer; what it returns is sent over UDP before it, from this server's address.</summary>
    public Func<byte[], byte[]>? SendFirst { get; set; }

    /// <summary>As <see cref="SendFirst"/>, but from another address.</summary>
    public Func<byte[], byte[]>? SendFirstFromElsewhere { get; set; }

    public static ScriptedDns Start(IPAddress? address = null)
    {
        var own = address ?? IPAddress.Loopback;
        for (var attempt = 0; ; attempt++)
        {
            var udp = new Socket(own.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
            udp.Bind(new IPEndPoint(own, 0));
            var tcp = new TcpListener((IPEndPoint)udp.LocalEndPoint!);
            try
            {
                tcp.Start();
                return new ScriptedDns(udp, tcp);
            }
            catch (SocketException) when (attempt < 20)
            {
                // Another process has the TCP port of that number.
                udp.Dispose();
                tcp.Dispose();
            }
        }
    }

    public ScriptedDns Address(string name, string address)
    {
        var parsed = IPAddress.Parse(address);
        var type = parsed.AddressFamily == AddressFamily.InterNetwork ? DnsType.A : DnsType.Aaaa;
        return Add(name, type, parsed.GetAddressBytes());
    }

    public ScriptedDns Text(string name, params string[] strings) => Add(name, DnsType.Txt, DnsBytes.Texts(strings));

    public ScriptedDns Alias(string name, string target) => Add(name, DnsType.Cname, DnsBytes.Name(target));

    public ScriptedDns NameServer(string name, string target) => Add(name, DnsType.Ns, DnsBytes.Name(target));

    public ScriptedDns Authority(string name, string primary) => Add(name, DnsType.Soa, DnsBytes.Soa(primary));

    public ScriptedDns Caa(string name, string tag, string value, byte flags = 0) =>
        Add(name, DnsType.Caa, DnsBytes.Caa(flags, tag, value));

    /// <summary>Sets again who may issue for a name: each value one <c>issue</c> property.</summary>
    public ScriptedDns Issuers(string name, params IEnumerable<string> values)
    {
        Remove(name, DnsType.Caa);
        foreach (var value in values)
        {
            Caa(name, "issue", value);
        }

        return this;
    }

    /// <summary>One more record, its data as bytes.</summary>
    public ScriptedDns Add(string name, ushort type, byte[] data)
    {
        records.AddOrUpdate((name.ToLowerInvariant(), type), _ => [data], (_, old) => [.. old, data]);
        return this;
    }

    public ScriptedDns Remove(string name, ushort type)
    {
        records.TryRemove((name.ToLowerInvariant(), type), out _);
        return this;
    }

    /// <summary>Answers for a name with an error code (2 SERVFAIL, 5 REFUSED); 0 = as usual again.</summary>
    public ScriptedDns Fail(string name, int code)
    {
        codes[name.ToLowerInvariant()] = code;
        return this;
    }

    /// <summary>Does not answer for a name.</summary>
    public ScriptedDns Silence(string name, bool isSilent = true)
    {
        silent[name.ToLowerInvariant()] = isSilent;
        return this;
    }

    public async ValueTask DisposeAsync()
    {
        if (stop.IsCancellationRequested)
        {
            return;
        }

        await stop.CancelAsync();
        udp.Dispose();
        tcp.Dispose();
        foreach (var loop in loops)
        {
            await loop.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        stop.Dispose();
    }

    private async Task ServeUdpAsync()
    {
        var buffer = new byte[4096];
        while (!stop.IsCancellationRequested)
        {
            var from = new IPEndPoint(EndPoint.Address, 0);
            var got = await udp.ReceiveFromAsync(buffer, SocketFlags.None, from, stop.Token);
            if (AnswerTo(buffer[..got.ReceivedBytes], overTcp: false) is { } answer)
            {
                await SendFirstAsync(answer, got.RemoteEndPoint);
                await udp.SendToAsync(answer, SocketFlags.None, got.RemoteEndPoint, stop.Token);
            }
        }
    }

    private async Task SendFirstAsync(byte[] answer, EndPoint client)
    {
        if (SendFirstFromElsewhere is { } elsewhere)
        {
            using var socket = new Socket(udp.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
            socket.Bind(new IPEndPoint(EndPoint.Address, 0));
            await socket.SendToAsync(elsewhere(answer), SocketFlags.None, client, stop.Token);
        }

        if (SendFirst is { } first)
        {
            await udp.SendToAsync(first(answer), SocketFlags.None, client, stop.Token);
        }
    }

    private async Task ServeTcpAsync()
    {
        while (!stop.IsCancellationRequested)
        {
            var client = await tcp.AcceptTcpClientAsync(stop.Token);
            _ = ServeAsync(client);
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        using var own = client;
        Interlocked.Increment(ref tcpClients);
        try
        {
            var stream = client.GetStream();
            var length = new byte[2];
            while (!stop.IsCancellationRequested)
            {
                await stream.ReadExactlyAsync(length, stop.Token);
                var query = new byte[BinaryPrimitives.ReadUInt16BigEndian(length)];
                await stream.ReadExactlyAsync(query, stop.Token);
                if (AnswerTo(query, overTcp: true) is { } answer)
                {
                    BinaryPrimitives.WriteUInt16BigEndian(length, (ushort)answer.Length);
                    do
                    {
                        await stream.WriteAsync((byte[])[.. length, .. answer], stop.Token);
                    } while (RepeatsOverTcp);
                }
            }
        }
        catch (Exception fault) when (fault is IOException or OperationCanceledException or SocketException)
        {
            // The client has left, or the test is over.
        }
        finally
        {
            Interlocked.Decrement(ref tcpClients);
        }
    }

    private byte[]? AnswerTo(byte[] query, bool overTcp)
    {
        var (name, type, questionEnd) = DnsBytes.Question(query);
        seen.Enqueue(new SeenQuestion(name, type, overTcp));
        if (silent.GetValueOrDefault(name))
        {
            return null;
        }

        var answers = new List<byte[]>();
        var code = codes.GetValueOrDefault(name) is var given and not 0 ? given : Collect(name, type, answers);
        var whole = DnsBytes.Reply(
            query[..questionEnd],
            answers,
            code,
            IsAuthoritative,
            truncated: false,
            OffersRecursion
        );
        var cut = !overTcp && (AlwaysTruncates || whole.Length > MaxDatagram);
        return Mangle(
            cut ? DnsBytes.Reply(query[..questionEnd], [], code, IsAuthoritative, truncated: true) : whole,
            overTcp
        );
    }

    /// <summary>The records of a name, along its aliases as far as this server knows them.</summary>
    private int Collect(string name, ushort type, List<byte[]> answers)
    {
        for (var step = 0; step < 16; step++)
        {
            if (records.TryGetValue((name, type), out var found))
            {
                answers.AddRange(found.Select(data => DnsBytes.Record(name, type, data)));
                return 0;
            }

            if (!records.TryGetValue((name, DnsType.Cname), out var alias))
            {
                return step > 0 || records.Keys.Any(key => key.Name == name || key.Name.EndsWith("." + name))
                    ? 0
                    : NameError;
            }

            answers.Add(DnsBytes.Record(name, DnsType.Cname, alias[0]));
            name = DnsBytes.ReadName(alias[0], 0).Name;
        }

        return 0;
    }
}
