using Culvert.Identity.Service.Federation.Assertions;
using Culvert.Identity.Service.Federation.Rules.Conditions;
using Culvert.Identity.Service.Ids;
using Npgsql;

namespace Culvert.Identity.Service.Tests.Fixtures;

/// <summary>Counts the readings, and fails as an unavailable database while a test wants it to.</summary>
internal sealed class FakeDirectoryGroups(IDirectoryGroups groups) : IDirectoryGroups
{
    public bool IsFailing { get; set; }

    public int Readings { get; private set; }

    public void Reset() => (IsFailing, Readings) = (false, 0);

    public ValueTask<PersonGroups> FindAsync(IssuerId issuer, string subject, CancellationToken cancellationToken)
    {
        Readings++;
        return IsFailing
            ? throw new NpgsqlException("The connection is lost.")
            : groups.FindAsync(issuer, subject, cancellationToken);
    }
}
