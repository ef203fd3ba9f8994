using Xunit;

namespace Culvert.EndToEnd.Tests.Outages;

[CollectionDefinition(Name)]
public sealed class RefusedSystemCollection : ICollectionFixture<RefusedSystem>
{
    public const string Name = "refused machines";
}
