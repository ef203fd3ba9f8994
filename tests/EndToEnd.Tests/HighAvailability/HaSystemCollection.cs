using Xunit;

namespace Culvert.EndToEnd.Tests.HighAvailability;

[CollectionDefinition(Name)]
public sealed class HaSystemCollection : ICollectionFixture<HaSystem>
{
    public const string Name = "highly available system";
}
