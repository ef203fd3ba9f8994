using Culvert.Identity.Service.Federation.Rules.Conditions;
using Culvert.Identity.Service.Ids;

namespace Culvert.Identity.Service.Federation.Assertions;

internal interface IDirectoryGroups
{
    /// <summary>As they are stored now; throws if the store is unavailable.</summary>
    ValueTask<PersonGroups> FindAsync(IssuerId issuer, string subject, CancellationToken cancellationToken);
}
