using System.Buffers.Text;
using Culvert.Platform.Certificates;
using Culvert.Tunnel.Agent.Audit;

namespace Culvert.Tunnel.Agent.Acme;

/// <summary>
/// Records what the agent does at a CA in its name. No order begins, and no challenge is answered, that cannot be
/// recorded; the certificate's own record has its place before the order.
/// </summary>
/// <param name="trail">Where.</param>
/// <param name="directory">Of the CA.</param>
/// <param name="time">The clock.</param>
internal sealed class AcmeJournal(IAuditTrail trail, string directory, TimeProvider time)
{
    /// <summary>An order begins. Dispose of the entry when it has ended, however.</summary>
    /// <exception cref="AcmeException">It cannot be recorded.</exception>
    public Entry Begin(string name, string account, KeyAndCertificate? replaced)
    {
        Reserve();
        if (!trail.TryReserve())
        {
            trail.Release();
            throw Unrecorded();
        }

        trail.Add(
            new AcmeRecord
            {
                Time = time.GetUtcNow(),
                Event = "order",
                Name = name,
                Directory = directory,
                Account = account,
                Replaces = replaced?.Serial ?? "",
            }
        );
        return new Entry(this, name, account);
    }

    /// <summary>Nothing came of it. The log has it as well, so that one without a place here is not lost.</summary>
    public void Failed(string name, string account, string code, string detail)
    {
        if (trail.TryReserve())
        {
            trail.Add(
                new AcmeRecord
                {
                    Time = time.GetUtcNow(),
                    Event = "failure",
                    Name = name,
                    Directory = directory,
                    Account = account,
                    Reason = code,
                    Detail = detail,
                }
            );
        }
    }

    private void Reserve()
    {
        if (!trail.TryReserve())
        {
            throw Unrecorded();
        }
    }

    private static AcmeException Unrecorded() =>
        new(AcmeReason.AuditUnavailable, "order: not sent because it cannot be recorded (audit.on_full).");

    /// <summary>One order.</summary>
    internal sealed class Entry(AcmeJournal journal, string name, string account) : IDisposable
    {
        private bool isWritten;

        /// <summary>A challenge is about to be announced.</summary>
        /// <exception cref="AcmeException">It cannot be recorded.</exception>
        public void Challenge(byte[] digest)
        {
            journal.Reserve();
            journal.Add(
                new AcmeRecord
                {
                    Time = journal.Now,
                    Event = "challenge",
                    Name = name,
                    Directory = journal.Directory,
                    Account = account,
                    Digest = Base64Url.EncodeToString(digest),
                }
            );
        }

        /// <summary>The certificate is there.</summary>
        public void Issued(KeyAndCertificate pair)
        {
            isWritten = true;
            journal.Add(
                new AcmeRecord
                {
                    Time = journal.Now,
                    Event = "certificate",
                    Name = name,
                    Directory = journal.Directory,
                    Account = account,
                    Serial = pair.Serial,
                    NotAfter = pair.NotAfter,
                }
            );
        }

        public void Dispose()
        {
            if (!isWritten)
            {
                isWritten = true;
                journal.Release();
            }
        }
    }

    private DateTimeOffset Now => time.GetUtcNow();

    private string Directory => directory;

    private void Add(AcmeRecord record) => trail.Add(record);

    private void Release() => trail.Release();
}
