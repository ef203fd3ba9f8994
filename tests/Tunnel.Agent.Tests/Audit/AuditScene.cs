using System.Security.Cryptography;
using System.Text;
using Culvert.Testing;
using Culvert.Tunnel.Agent.Audit;
using Microsoft.Extensions.Logging.Abstractions;

namespace Culvert.Tunnel.Agent.Tests.Audit;

/// <summary>A trail in a folder of its own, driven turn by turn.</summary>
internal sealed class AuditScene : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("culvert-audit-").FullName;

    public AuditScene(AuditSettings? settings = null)
    {
        Settings = (settings ?? AuditSettings.Default) with { DiskReserve = 1 };
        Folder = new AuditFolder(folder, Settings.File);
        Trail = Open();
    }

    public AuditSettings Settings { get; }

    public AuditFolder Folder { get; }

    public AuditTrail Trail { get; private set; }

    public FakeTimeProvider Time { get; } = new(DateTimeOffset.UnixEpoch);

    public long FreeBytes { get; set; } = 1 << 30;

    public string Text => File.ReadAllText(Folder.Current);

    public string[] Lines => File.ReadAllLines(Folder.Current);

    public AuditVerdict Verdict => new AuditVerifier(Folder).Verify();

    public string[] Faults => [.. Verdict.Findings.Select(f => f.Kind)];

    /// <summary>What is kept of a value that only its hash is kept of.</summary>
    public string HashOf(string value) =>
        Convert.ToHexStringLower(
            HMACSHA256.HashData(
                SHA256.HashData(Encoding.ASCII.GetBytes(File.ReadAllText(Folder.Key).Trim())),
                Encoding.UTF8.GetBytes(value)
            )
        )[..32];

    public static CallRecord Record(
        string name = "get",
        string mode = "enforce",
        string session = "",
        string subject = "alice"
    ) =>
        new()
        {
            Time = DateTimeOffset.UnixEpoch,
            Route = "docs",
            Host = "docs.example.test",
            Connection = "c1",
            Mode = mode,
            PolicyVersion = "0123456789abcdef",
            Auth = "bearer",
            Credential = "none",
            Issuer = "https://login.example.test",
            Subject = subject,
            ClientId = "inspector",
            Scopes = ["docs.read"],
            Method = "tools/call",
            Kind = "tool",
            Name = name,
            Decision = "allow",
            Id = Encoding.UTF8.GetBytes("\"a\\n\""),
            End = "completed",
            Session = session,
        };

    /// <summary>Writes so many records and flushes them, as the passing of time does.</summary>
    public AuditScene Write(int count, string name = "get")
    {
        for (var i = 0; i < count; i++)
        {
            Trail.TryReserve().ShouldBeTrue();
            Trail.Add(Record($"{name}{i}"));
        }

        Trail.WriteQueued().ShouldBeTrue();
        Time.Advance(TimeSpan.FromSeconds(2));
        Trail.WriteQueued().ShouldBeTrue();
        return this;
    }

    /// <summary>As after a kill: nothing is finished.</summary>
    public void Restart()
    {
        Trail.Dispose();
        Trail = Open();
    }

    public void Rewrite(Func<string, string> change) => File.WriteAllText(Folder.Current, change(Text));

    public void Dispose()
    {
        Trail.Dispose();
        Directory.Delete(folder, recursive: true);
    }

    private AuditTrail Open() =>
        new(Settings, Folder, "agent-1", "0.1.0", Time, NullLogger<AuditTrail>.Instance, () => FreeBytes);
}
