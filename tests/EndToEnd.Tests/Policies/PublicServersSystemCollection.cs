using Xunit;

namespace Culvert.EndToEnd.Tests.Policies;

[CollectionDefinition(Name)]
public sealed class PublicServersSystemCollection : ICollectionFixture<PublicServersSystem>
{
    public const string Name = "public servers";
}
