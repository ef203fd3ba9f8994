using Xunit;

namespace Culvert.EndToEnd.Tests.Faults;

[CollectionDefinition(Name)]
public sealed class FloodSystemCollection : ICollectionFixture<FloodSystem>
{
    public const string Name = "flood system";
}
