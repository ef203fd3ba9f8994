using Culvert.Ca.Keys.Pkcs11;
using Culvert.Identity.Service.Certificates.Health;
using Culvert.Identity.Service.Doctor;
using Culvert.Identity.Service.Tests.Fixtures;

namespace Culvert.Identity.Service.Tests.Doctor;

/// <summary>A node with everything in order; each test breaks the one thing that it is about.</summary>
internal sealed class ServiceScene : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("culvert-doctor-").FullName;

    public DateTimeOffset Now { get; } = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    public string PathOf(string name) => Path.Combine(folder, name);

    public string Write(string name, string text, UnixFileMode mode = (UnixFileMode)0b110_000_000)
    {
        File.WriteAllText(PathOf(name), text);
        File.SetUnixFileMode(PathOf(name), mode);
        return PathOf(name);
    }

    public ServiceFacts Facts() =>
        new()
        {
            Options = ServiceUnderTest.OptionsIn(folder, StorageBackend.Sqlite),
            Now = Now,
            Store = new StoreState
            {
                NewestEntry = Now,
                Authorities =
                [
                    new AuthorityEnd("platform_issuing", "ca_1", "platform issuing", Now.AddDays(60)),
                    new AuthorityEnd("certificate_authority", "ca_2", "Corp", Now.AddDays(700)),
                    new AuthorityEnd("platform_root", "ca_0", "platform root", Now.AddDays(3650)),
                ],
                Lists = [new ListAge("ca_2", Now.AddHours(-1), Now.AddDays(6), 0)],
            },
        };

    public ServiceFacts WithHsm(string module, Func<string> pin, HsmState? state = null)
    {
        var facts = Facts();
        return facts with
        {
            Options = facts.Options with { Pkcs11 = new Pkcs11Settings(module, "token", pin) },
            Hsm = state,
        };
    }

    public void Dispose() => Directory.Delete(folder, recursive: true);
}
