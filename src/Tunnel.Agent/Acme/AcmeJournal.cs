using System.Buffers.Text;
using Culvert.Platform.Certificates;
using Culvert.Tunnel.Agent.Audit;

namespace Culvert.Tunnel.Agent.Acme;

/// <summary>
/// Records what the agent does at a CA. The agent neither creates an order nor announces a challenge that it cannot
/// record; room for the certificate's own record is reserved before the order.
/// </summary>
internal sealed class AcmeJournal(IAuditTrail trail, string directory, TimeProvider time)
{
    /// <summary>Records the start of an order. Dispose of the entry after success and failure alike.</summary>
    /// <exception cref="AcmeException">The start cannot be recorded.</exception>
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

    /// <summary>Records a failure. It is also logged, so a failure without room in the audit is not lost.</summary>
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

    internal sealed class Entry(AcmeJournal journal, string name, string account) : IDisposable
    {
        private bool isWritten;

        /// <summary>Records a challenge before it is announced.</summary>
        /// <exception cref="AcmeException">The challenge cannot be recorded.</exception>
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
